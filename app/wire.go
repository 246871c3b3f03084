package app

import (
	"encoding/json"
	"maps"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// An envelope is every answer to a program: the form that Flask-Security gave it, so that clients
// written for that work, with stable codes beside the sentences.
type envelope struct {
	Meta struct {
		Code    int    `json:"code"`
		Message string `json:"message,omitempty"`
		Say     string `json:"message_code,omitempty"`
	} `json:"meta"`
	Response map[string]any `json:"response"`
}

// wire is what an answer holds beside the envelope.
type wire = map[string]any

// reply answers a program with wire, a struct or map, and the anti-forgery token it will need.
func (r *request) reply(status int, content any) error {
	return r.replyEnvelope(status, locales.Message{}, content)
}

// replyAsking answers a program that asks for a page, with the fields of the host's that its forms have.
func (r *request) replyAsking(content any) error {
	if len(r.visit.extras) == 0 || r.c.Method() != fiber.MethodGet {
		return r.reply(fiber.StatusOK, content)
	}
	return r.replyEnvelope(fiber.StatusOK, locales.Message{}, content, wire{"extra_fields": r.extras()})
}

func (r *request) replySaying(m locales.Message, content any) error {
	return r.replyEnvelope(fiber.StatusOK, m, content)
}

func (r *request) replyEnvelope(status int, m locales.Message, content any, more ...wire) error {
	var e envelope
	e.Meta.Code = status
	if !m.IsZero() {
		e.Meta.Message, e.Meta.Say = m.In(r.ctx), m.Code
	}
	e.Response = wire{}
	if content != nil {
		raw, err := json.Marshal(content)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &e.Response); err != nil {
			return err
		}
	}
	for _, extra := range more {
		maps.Copy(e.Response, extra)
	}
	e.Response[tokenField] = r.token(r.c)
	return r.c.Status(status).JSON(e)
}

// replyErrors answers a program with everything that is wrong, once flat and once by field. Codes
// run parallel to the sentences, which are in the caller's language.
func (r *request) replyErrors(status int, f form.Form, more ...wire) error {
	all := []string{}
	said, codes := map[string][]string{}, map[string][]string{}
	tell := func(field string, messages []locales.Message) {
		for _, m := range messages {
			all = append(all, m.In(r.ctx))
			said[field] = append(said[field], m.In(r.ctx))
			codes[field] = append(codes[field], m.Code)
		}
	}
	for _, field := range f.Fields() {
		tell(field.Name, field.Errors)
	}
	tell("", f.Errors)
	var e envelope
	e.Meta.Code = status
	e.Response = wire{"errors": all, "field_errors": said, "codes": codes}
	for _, extra := range more {
		maps.Copy(e.Response, extra)
	}
	return r.c.Status(status).JSON(e)
}

// userWire is the person signed in, as programs see them.
type userWire struct {
	Email    string   `json:"email,omitempty"`
	Username string   `json:"username,omitempty"`
	Language string   `json:"language,omitempty"`
	Roles    []string `json:"roles,omitempty"`
}

func (r *request) userWire() userWire {
	u := r.account()
	if u == nil {
		return userWire{}
	}
	w := userWire{Username: u.Username, Language: u.Language, Roles: u.Roles()}
	if u.Primary != nil {
		w.Email = u.Primary.Email
	}
	return w
}
