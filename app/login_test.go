package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

func TestLogin(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "Ada"})
		b := signIn(s.Browser(), ada, apptest.Password)
		b.At("/").SignedIn(ada)
		if e := s.Happened(app.SignedIn)[0]; e.User.ID != user.ID || e.Network != "127.0.0.1" || !strings.Contains(e.UserAgent, "apptest") {
			t.Errorf("the event says %+v", e)
		}
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Scan(t.Context()))
		if row.UserID != user.ID || row.AuthVersion != 1 || !row.AuthAt.Equal(s.Clock.Now()) || len(row.Methods) != 1 || row.Methods[0].Name != app.ByPassword {
			t.Errorf("the session is %+v", row)
		}
		b.Visit("/orders").At("/orders").Sees("Your orders")
	})
}

// A name may be typed as people type names: in other letters, with space around it, in full width.
func TestLoginByAnyName(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "Ada.L"})
		s.User(apptest.Person{Email: "jürgen@bücher.example"})
		for typed, who := range map[string]string{
			ada: ada, "ADA@Example.COM": ada, "  ada@example.com ": ada, "ａｄａ@example.com": ada,
			"Ada.L": ada, "ada.l": ada, " ADA.L": ada,
			"jürgen@bücher.example": "jürgen@bücher.example", "JÜRGEN@xn--bcher-kva.example": "jürgen@bücher.example",
		} {
			signIn(s.Browser(), typed, apptest.Password).At("/").SignedIn(who)
			s.Happened(app.SignedIn)
		}
	})
}

func TestLoginByOneKindOfName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		by           app.Identity
		welcome, not string
		label        string
	}{
		"email":    {app.Email, ada, "ada", "E-mail"},
		"username": {app.Username, "ada", ada, "username"},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, app.Config{Features: []app.Feature{app.Login{By: test.by}, app.Logout{}}}, func(t *testing.T, s *apptest.Site) {
				s.User(apptest.Person{Email: ada, Username: "ada"})
				signIn(s.Browser(), test.not, apptest.Password).SeesError("", saysWrong).SignedOut()
				signIn(s.Browser(), test.welcome, apptest.Password).SignedIn(ada)
				s.Happened(app.SignInFailed, app.SignedIn)
				b := s.BrowserBy(apptest.Plain).Visit("/login")
				if label := b.Page().Find(`label[for="login-email"]`).Text(); !strings.Contains(strings.ToLower(label), strings.ToLower(test.label)) {
					t.Errorf("the field is called %q, where %v is asked for", label, test.by)
				}
			})
		})
	}
}

func TestLoginRefused(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		s.User(apptest.Person{Email: "closed@example.com", Disabled: true})
		s.User(apptest.Person{Email: "open@example.com", NoPassword: true})
		malformed := s.User(apptest.Person{Email: "old@example.com"})
		_, err := s.DB.NewUpdate().Model((*db.User)(nil)).Set("password_hash = 'plain'").Where("id = ?", malformed.ID).Exec(t.Context())
		must(t, err)
		s.Logged() // that hash is worth an error
		failed := []app.EventName{app.SignInFailed}
		for name, test := range map[string]struct {
			email, password string
			field, says     string
			happened        []app.EventName
		}{
			"wrong password":              {ada, "wrong", "", saysWrong, failed},
			"password in other letters":   {ada, strings.ToUpper(apptest.Password), "", saysWrong, failed},
			"password with space":         {ada, apptest.Password + " ", "", saysWrong, failed},
			"unknown address":             {"bob@example.com", apptest.Password, "", saysWrong, failed},
			"unknown username":            {"bob", apptest.Password, "", saysWrong, failed},
			"no name at all":              {"@", apptest.Password, "", saysWrong, failed},
			"wildcards":                   {"%@example.com", apptest.Password, "", saysWrong, failed},
			"no password, any":            {"open@example.com", apptest.Password, "", saysWrong, failed},
			"no password, a word for it":  {"open@example.com", "null", "", saysWrong, failed},
			"a hash nobody can read":      {"old@example.com", "plain", "", saysWrong, failed},
			"closed, wrong password":      {"closed@example.com", "wrong", "", saysWrong, failed},
			"closed, right password":      {"closed@example.com", apptest.Password, "email", saysClosed, nil},
			"password of a megabyte less": {ada, strings.Repeat("x", 100_000), "", saysWrong, failed},
			"no e-mail":                   {"", apptest.Password, "email", "Enter your e-mail address or username.", nil},
			"only space":                  {"  ", apptest.Password, "email", "Enter your e-mail address or username.", nil},
			"no password":                 {ada, "", "password", "Enter your password.", nil},
			"no password, none set":       {"open@example.com", "", "password", "Enter your password.", nil},
			"name too long":               {strings.Repeat("x", 255), apptest.Password, "email", "Use at most 254 characters.", nil},
		} {
			b := signIn(s.Browser(), test.email, test.password)
			b.SeesError(test.field, test.says).SignedOut()
			if t.Failed() {
				t.Fatal(name)
			}
			s.Happened(test.happened...)
			if s.Transport == apptest.Plain && b.Status() != http.StatusUnprocessableEntity {
				t.Errorf("%s: status %d", name, b.Status())
			}
		}
		if n, err := s.DB.NewSelect().Model((*db.Session)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d sessions (%v)", n, err)
		}
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}

// What was typed stays, the password apart, and the page says in its title that something is wrong.
func TestLoginRejectedPage(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login?next=%2Forders").Fill("email", ada).Fill("password", "wrong <b>").Submit()
		b.SeesError("", saysWrong).Holds("email", ada)
		html, err := b.Page().Html()
		must(t, err)
		if strings.Contains(html, "wrong &lt;b") || strings.Contains(html, "wrong <b") {
			t.Error("the page repeats the password")
		}
		if title := b.Page().Find("head title").Text(); title != "Error: Sign in · Shop" {
			t.Errorf("the title is %q", title)
		}
		if b.Page().Find(`[autofocus]`).AttrOr("name", "") != "password" || b.Page().Find("[autofocus]").Length() != 1 {
			t.Error("the cursor is not in the password")
		}
		// htmx keeps what was typed; elsewhere it is gone.
		if s.Transport == apptest.HTMX {
			b.Holds("password", "wrong <b>")
		} else {
			b.Holds("password", "")
		}
		b.Fill("password", apptest.Password).Submit().At("/orders")
	}, paged...)
}

// The address of the next page is not lost over errors, nor over a detour by another page.
func TestLoginNext(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/orders?page=2&q=a%20b")
		b.At("/login?next=" + url.QueryEscape("/orders?page=2&q=a%20b"))
		if s.Transport == apptest.JSON {
			b.SeesError("", saysNotSignedIn)
		} else {
			b.Sees(saysNotSignedIn)
		}
		b.Fill("email", ada).Submit().SeesError("password", "Enter your password.")
		b.Fill("password", "wrong").Submit().SeesError("", saysWrong)
		b.Fill("password", apptest.Password).Submit().At("/orders?page=2&q=a%20b").SignedIn(ada)
		s.Happened(app.SignInFailed, app.SignedIn)
		b.SeesNot(saysNotSignedIn)
	})
}

func TestLoginNextSurvivesRegister(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/orders").Follow("Create an account").At("/register?next=%2Forders")
		b.Follow("Sign in").At("/login?next=%2Forders").Follow("Create an account")
		b.Fill("email", ada).Fill("password", good).Submit()
		b.At("/login?next=%2Forders").Sees("We have sent a message to " + ada)
		if s.Transport == apptest.JSON {
			b.Visit("/login?next=%2Forders")
		}
		b.Fill("email", ada).Fill("password", good).Submit().At("/orders").SignedIn(ada)
	})
}

// Who is signed in has no business at the page for signing in, and the way back that they carry
// is not followed: it may be what sent them here.
func TestLoginSignedIn(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		other := s.User(apptest.Person{Email: "bob@example.com"})
		for _, path := range []string{"/login", "/register"} {
			b := s.As(user).Visit(path + "?next=%2Forders")
			switch s.Transport {
			case apptest.JSON:
				if b.Status() != http.StatusOK {
					t.Errorf("GET %s: %d", path, b.Status())
				}
				b.Sees(ada)
			default:
				b.At("/").Sees("Welcome to the shop")
			}
			before := b.Cookie("session")
			body := url.Values{"email": {*emailOf(other)}, "password": {apptest.Password}}.Encode()
			if s.Transport == apptest.JSON {
				body = `{"email":"` + *emailOf(other) + `","password":"` + apptest.Password + `"}`
			}
			answer := b.Send(apptest.Request{Path: path + "?next=%2Forders", Header: headers(s.Transport), Body: body})
			switch s.Transport {
			case apptest.Plain:
				if answer.Status != http.StatusSeeOther || answer.Header.Get("Location") != "/" {
					t.Errorf("POST %s: %d to %q", path, answer.Status, answer.Header.Get("Location"))
				}
			case apptest.HTMX:
				if answer.Status != http.StatusOK || answer.Header.Get("HX-Redirect") != "/" || answer.Body != "" {
					t.Errorf("POST %s: %d to %q, %q", path, answer.Status, answer.Header.Get("HX-Redirect"), answer.Body)
				}
			case apptest.JSON:
				if e := answer.JSON(t); answer.Status != http.StatusBadRequest || e.Codes("")[0] != "error.signed_in" || !strings.Contains(answer.Body, saysSignedIn) {
					t.Errorf("POST %s: %s", path, answer.Body)
				}
			}
			b.SignedIn(ada)
			if b.Cookie("session") != before {
				t.Errorf("POST %s gave another session", path)
			}
			s.Happened()
		}
	})
}

func emailOf(user *db.User) *string { return &user.Primary.Email }

// Programs learn from GET what may be a name, and get an anti-forgery token; never a credential.
func TestLoginForPrograms(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada", Language: "en"})
		get := apptest.Request{Path: "/login", Header: map[string]string{"Accept": "application/json"}}
		e := s.Browser().Send(get).JSON(t)
		if names, _ := e.Response["identity_attributes"].([]any); len(names) != 2 || names[0] != "email" || names[1] != "username" || len(e.Response) != 2 {
			t.Errorf("GET tells %v", e.Response)
		}
		e = s.As(user, "admin").Send(get).JSON(t)
		who, _ := e.Response["user"].(map[string]any)
		if who["email"] != ada || who["username"] != "ada" || who["language"] != "en" || len(who["roles"].([]any)) != 1 || len(e.Response) != 3 {
			t.Errorf("GET tells who is signed in %v", e.Response)
		}
		b := s.Browser()
		token, _ := b.Send(get).JSON(t).Response["csrf_token"].(string)
		for _, body := range []string{
			`{"username":"ada","password":"` + apptest.Password + `","csrf_token":"` + token + `"}`,
			`{"email":"ada","password":"` + apptest.Password + `","csrf_token":"` + token + `","remember":true,"unknown":{"a":[1]}}`,
		} {
			b := s.Browser().SetCookie("visitor", b.Cookie("visitor"))
			answer := b.Send(apptest.Request{Path: "/login", Header: map[string]string{"Content-Type": "application/json; charset=utf-8"}, Body: body})
			e := answer.JSON(t)
			if answer.Status != http.StatusOK || e.Response["tf_required"] != false || e.Response["user"] == nil {
				t.Errorf("%s: %s", body, answer.Body)
			}
			for key := range e.Response {
				if key != "user" && key != "tf_required" && key != "csrf_token" {
					t.Errorf("the answer has %q", key)
				}
			}
			b.SignedIn(ada)
		}
	}, wired...)
}
