package app_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A riddle is what the host asks of everybody in these stories.
type riddle struct {
	Answer string `form:"answer,required,max=20,label=Three and four"`
	Fun    bool   `form:"fun,label=I like riddles"`
}

var notSolved = locales.Message{Code: "riddle.wrong", English: "That is not it."}

// solved takes one answer for right, and has others go wrong in every way there is.
func solved(_ context.Context, in *riddle) error {
	switch in.Answer {
	case "seven":
		return nil
	case "several":
		return errors.Join(&app.FieldError{Field: "fun", Say: notSolved}, fmt.Errorf("riddle: %w", &app.FieldError{Field: "answer", Say: notSolved}))
	case "later":
		return &app.Error{Status: http.StatusServiceUnavailable, Say: locales.Message{Code: "riddle.away", English: "Nobody can tell now."}}
	case "broken":
		return errors.New("the secret cause")
	}
	return &app.FieldError{Field: "answer", Say: notSolved}
}

// buttons are the routes that can be posted to and have no form to add to.
var buttons = map[string]string{
	"logout": "ends a session", "invite-again": "a button in a row", "invite-revoke": "a button in a row", "invitation": "one button",
	"address-send": "one button", "address-remove": "one button", "magic-link-wait": "sends itself",
}

// Every form of the kit takes what a host adds to it, whoever asks and however: a form that is new joins
// by itself.
func TestEveryFormCanAskMore(t *testing.T) {
	t.Parallel()
	for _, r := range host(everything()).Start(t, dbtest.SQLite(t), apptest.Plain).Server.GetRoutes(true) {
		name, posts := strings.CutSuffix(r.Name, ".post")
		if !posts {
			continue
		}
		config := everything()
		config.Forms = map[string]app.Form{name: app.Asks(solved)}
		config.URL, config.DB, config.Mailer = "http://localhost:3000", dbtest.SQLite(t), mail.NewMailbox()
		_, err := app.New(config)
		if why := buttons[name]; (why == "") != (err == nil) {
			t.Errorf("a form that is added to %s (%s): %v", name, why, err)
		}
		if err != nil {
			continue
		}
		config.URL, config.DB, config.Mailer = "", nil, nil
		for _, by := range []apptest.Transport{apptest.Plain, apptest.HTMX, apptest.JSON} {
			t.Run(name+" "+string(by), func(t *testing.T) {
				t.Parallel()
				doubles[r.Path].asksMore(t, host(config).Start(t, dbtest.SQLite(t), apptest.Plain), r.Path, name, by)
			})
		}
	}
}

func (w doubled) asksMore(t *testing.T, s *apptest.Site, path, name string, by apptest.Transport) {
	user := s.User(apptest.Person{Email: ada})
	b, sent := s.Browser(), maps.Clone(w.form)
	if w.member {
		b = s.As(user)
	}
	if w.before != nil {
		path = w.before(s, b, sent)
	}
	if page := b.Send(apptest.Request{Path: path}).Body; !strings.Contains(page, `name="answer"`) || !strings.Contains(page, "Three and four") {
		t.Errorf("the page of %s does not ask for the answer:\n%s", name, page)
	}
	told, _ := b.Send(apptest.Request{Path: path, Header: headers(apptest.JSON)}).JSON(t).Response["extra_fields"].(map[string]any)
	if got := fmt.Sprint(told[name]); got != "[map[kind:text label:Three and four max:20 name:answer required:true] map[kind:checkbox label:I like riddles name:fun required:false]]" {
		t.Errorf("a program that asks for %s is told %s", path, got)
	}
	post := func(answer string) apptest.Answer {
		form := maps.Clone(sent)
		form["answer"] = []string{answer}
		return b.Send(apptest.Request{Path: path, Header: headers(by), Body: encode(by, form)})
	}
	before := rows(t, s)
	for answer, codes := range map[string][]string{"": {"answer form.missing"}, "eight": {"answer riddle.wrong"}, "several": {"answer riddle.wrong", "fun riddle.wrong"}, "later": {" riddle.away"}} {
		got := post(answer)
		want := http.StatusUnprocessableEntity
		switch {
		case answer == "later":
			want = http.StatusServiceUnavailable
		case by == apptest.JSON:
			want = http.StatusBadRequest
		}
		if got.Status != want {
			t.Errorf("%s takes %q: %d\n%s", name, answer, got.Status, got.Body)
		}
		for _, code := range codes {
			field, code, _ := strings.Cut(code, " ")
			// Some are another form each time, and called so.
			switch shown := regexp.MustCompile(`id="` + name + `(-[0-9a-z-]+)?-` + field + `-error"`); {
			case by == apptest.JSON:
				if said := got.JSON(t).Codes(field); !slices.Contains(said, code) {
					t.Errorf("%s says %q of %q, want %s: %s", name, said, field, code, got.Body)
				}
			case field != "" && !shown.MatchString(got.Body):
				t.Errorf("%s shows nothing at %s:\n%s", name, field, got.Body)
			case field == "" && !strings.Contains(got.Body, "Nobody can tell now."):
				t.Errorf("%s does not say why:\n%s", name, got.Body)
			case !strings.Contains(got.Body, `name="answer"`):
				t.Errorf("%s asks no more:\n%s", name, got.Body)
			}
		}
	}
	if got := post("broken"); got.Status != http.StatusInternalServerError || strings.Contains(got.Body, "secret cause") || !strings.Contains(s.Logged(), "the secret cause") {
		t.Errorf("%s answers a riddle that broke by %d %s", name, got.Status, got.Body)
	}
	if after := rows(t, s); !maps.Equal(before, after) {
		t.Errorf("%s left %v of %v, with a riddle that was not solved", name, after, before)
	}
	if got := post("seven"); got.Status >= 400 || strings.Contains(got.Body, notSolved.English) || strings.Contains(got.Body, `name="answer"`) && by == apptest.Plain {
		t.Errorf("%s does not take the right answer: %d\n%s", name, got.Status, got.Body)
	}
	b.SignedIn(w.who)
}

// A rule of the host's for what is typed into a field of the kit's.
type fromWork struct {
	Email string `form:"email,kit"`
}

func TestFormReadsTheKitsFields(t *testing.T) {
	config := patient()
	config.Forms = map[string]app.Form{"login": app.Asks(func(_ context.Context, in *fromWork) error {
		if !strings.HasSuffix(in.Email, "@example.com") {
			return &app.FieldError{Field: "email", Say: locales.Message{Code: "work", English: "Use your address at work."}}
		}
		return nil
	})}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login")
		b.Fill("email", "ada@home.example").Fill("password", "x").Submit().SeesError("email", "Use your address at work.")
		b.Fill("email", "").Fill("password", "x").Submit().SeesError("email", "Use your address at work.")
		s.Happened()
		b.Fill("email", " "+ada+" ").Fill("password", apptest.Password).Submit().SignedIn(ada)
	})
}

// What a host adds to the form for registering stands beside what Extend adds.
func TestFormBesideExtend(t *testing.T) {
	t.Parallel()
	h := memberHost()
	h.Config.Forms = map[string]app.Form{"register": app.Asks(solved)}
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit()
		b.SeesError("company", "Say where you work.").SeesError("answer", "Fill this in.")
		b.Fill("company", "Engines").Fill("password", good).Fill("answer", "eight").Submit().SeesError("answer", "That is not it.")
		b.Fill("password", good).Fill("answer", "seven").Submit().At("/login")
		s.Happened(app.Registered)
	})
}

// A riddle that is not solved costs the account no try, or else whoever solves none keeps its owner out.
func TestFormIsJudgedBeforeTheTryIsCounted(t *testing.T) {
	config := app.Config{Forms: map[string]app.Form{"login": app.Asks(solved)}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for range 30 {
			b := s.Browser()
			b.Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {ada}, "password": {"x"}, "answer": {"eight"}})})
		}
		s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Fill("answer", "seven").Submit().SignedIn(ada)
	})
}

// Mistakes in what is added are told at start, each in a sentence.
func TestFormsChecked(t *testing.T) {
	t.Parallel()
	conn := dbFor(t)
	type clashing struct {
		Password string `form:"password,label=Password"`
	}
	type unlabelled struct {
		Answer string `form:"answer"`
	}
	type absent struct {
		Phone string `form:"phone,kit"`
	}
	type ruled struct {
		Email string `form:"email,kit,required"`
	}
	type ticked struct {
		Email bool `form:"email,kit"`
	}
	for name, test := range map[string]struct {
		forms map[string]app.Form
		says  string
	}{
		"no route":       {map[string]app.Form{"lgoin": app.Asks(solved)}, `Config.Forms names "lgoin", and no feature that is listed has a form of that name: there are ["address-code" "address-link"`},
		"a button":       {map[string]app.Form{"logout": app.Asks(solved)}, `Config.Forms names "logout"`},
		"a zero form":    {map[string]app.Form{"login": {}}, "use app.Asks"},
		"a field twice":  {map[string]app.Form{"login": app.Asks(func(context.Context, *clashing) error { return nil })}, `Config.Forms["login"]: form: the form has a field "password" already`},
		"no label":       {map[string]app.Form{"login": app.Asks(func(context.Context, *unlabelled) error { return nil })}, `the field "answer" has no label`},
		"none to read":   {map[string]app.Form{"login": app.Asks(func(context.Context, *absent) error { return nil })}, `has no field "phone" to read: it has email, username, password, remember`},
		"rules for kits": {map[string]app.Form{"login": app.Asks(func(context.Context, *ruled) error { return nil })}, "leave the options beside kit out"},
		"another type":   {map[string]app.Form{"login": app.Asks(func(context.Context, *ticked) error { return nil })}, "give both the same type"},
		"a bad option":   {map[string]app.Form{"login": app.Asks(func(context.Context, *misspelt) error { return nil })}, `unknown option "requird"`},
	} {
		_, err := app.New(app.Config{URL: "http://localhost:3000", DB: conn, Forms: test.forms})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
