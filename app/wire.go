package app

import (
	"maps"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

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
	told, err := plain(content)
	if err != nil {
		return err
	}
	for _, extra := range more {
		maps.Copy(told, extra)
	}
	return r.write(Answer{Status: status, Say: m, Response: told})
}

// replyErrors answers a program with everything that is wrong.
func (r *request) replyErrors(status int, f form.Form, more ...wire) error {
	a := Answer{Status: status, Response: wire{}, Errors: []FieldError{}}
	tell := func(field string, messages []locales.Message) {
		for _, m := range messages {
			a.Errors = append(a.Errors, FieldError{field, m})
		}
	}
	for _, field := range f.Fields() {
		tell(field.Name, field.Errors)
	}
	tell("", f.Errors)
	for _, extra := range more {
		maps.Copy(a.Response, extra)
	}
	return r.write(a)
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
