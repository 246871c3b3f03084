package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

const saysDone = "Thank you. We have sent a message to "

// registering is a site whose registration is r, as often as one likes.
func registering(r app.Register) app.Config {
	config := patient()
	r.Limit = config.Features[2].(app.Register).Limit
	config.Features[2] = r
	return config
}

func TestRegister(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", "Ada@Example.com").Fill("password", good).Submit()
		b.At("/login").Sees(saysDone + "Ada@example.com. Sign in to go on.").SignedOut()
		user := s.Happened(app.Registered)[0].User
		var row db.User
		must(t, db.LoadUser(t.Context(), s.DB, &row, user.ID))
		if !row.Active() || row.Username != "" || row.UsernameKey != "" || row.AuthVersion != 1 || !row.CreatedAt.Equal(s.Clock.Now()) ||
			row.Primary.Email != "Ada@example.com" || row.Primary.Key != ada || !row.Primary.ConfirmedAt.IsZero() {
			t.Errorf("the account is %+v, %+v", row, row.Primary)
		}
		if strings.Contains(row.PasswordHash, good) || !strings.HasPrefix(row.PasswordHash, "$argon2id$") {
			t.Errorf("the password is stored as %q", row.PasswordHash)
		}
		letter := s.Mail("Ada@example.com")
		if letter.Subject != "Welcome to Shop" || letter.Link() != s.URL+"/login" || !strings.Contains(letter.HTML, "/login") ||
			letter.From != "Shop <no-reply@shop.example>" || letter.Lang != "en" || len(s.Mails()) != 1 || strings.Contains(letter.Text+letter.HTML, good) {
			t.Errorf("the mail is %+v", letter.Message)
		}
		b.Visit(letter.Link()).Fill("email", ada).Fill("password", good).Submit().At("/").SignedIn("Ada@example.com")
		s.Happened(app.SignedIn)
	})
}

func TestRegisterNext(t *testing.T) {
	tell(t, registering(app.Register{SignIn: true}), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register?next=%2Forders").Fill("email", ada).Submit().SeesError("password", "Choose a password.")
		b.Fill("password", good).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.Registered, app.SignedIn)
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Scan(t.Context()))
		if names := row.Methods.Names(); len(names) != 1 || names[0] != app.ByRegister {
			t.Errorf("the session was opened by %q", names)
		}
		if len(s.Mails()) != 1 {
			t.Error("no welcome")
		}
		// A site that signs in at once cannot hide that an address is taken, and says so.
		b = s.Browser().Visit("/register").Fill("email", "ADA@example.com").Fill("password", good).Submit()
		b.SeesError("email", "This address has an account. Sign in instead.").SignedOut()
		s.Happened()
		s.Browser().Visit("/register").Fill("email", "bob@example.com").Fill("password", good).Submit().At("/").SignedIn("bob@example.com")
	})
}

func TestRegisterRefused(t *testing.T) {
	tell(t, registering(app.Register{Username: app.Required, Retype: true, Terms: "/terms"}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "bob@example.com", Username: "Bob_1"})
		type fields map[string]string
		for name, test := range map[string]struct {
			given fields
			want  fields // what is said of each field, and of no other
		}{
			"nothing": {
				fields{"email": "", "username": "", "password": "", "password_confirm": ""},
				fields{"email": "Enter your e-mail address.", "username": "Choose a username.", "password": "Choose a password.", "password_confirm": "Type the password again."},
			},
			"space":            {fields{"email": "  ", "username": " "}, fields{"email": "Enter your e-mail address.", "username": "Choose a username."}},
			"no at sign":       {fields{"email": "ada.example.com"}, fields{"email": "This is not a full e-mail address"}},
			"no host":          {fields{"email": "ada@"}, fields{"email": "This is not a full e-mail address"}},
			"one label":        {fields{"email": "ada@localhost"}, fields{"email": "This is not a full e-mail address"}},
			"two addresses":    {fields{"email": "ada@example.com, eve@example.com"}, fields{"email": "This is not a full e-mail address"}},
			"a name before it": {fields{"email": "Ada <ada@example.com>"}, fields{"email": "This is not a full e-mail address"}},
			"a line break":     {fields{"email": "ada@example.com\r\nBcc: eve@example.com"}, fields{"email": "This is not a full e-mail address"}},
			"long address":     {fields{"email": strings.Repeat("a", 255) + "@example.com"}, fields{"email": "Use at most 254 characters."}},
			"short password":   {fields{"password": "mauve7!", "password_confirm": "mauve7!"}, fields{"password": "8"}},
			"only space":       {fields{"password": "          ", "password_confirm": "          "}, fields{"password": ""}},
			"common password":  {fields{"password": "password1", "password_confirm": "password1"}, fields{"password": ""}},
			"own address":      {fields{"password": ada, "password_confirm": ada}, fields{"password": ""}},
			"own name":         {fields{"username": "lovelace1815", "password": "Lovelace1815", "password_confirm": "Lovelace1815"}, fields{"password": ""}},
			"long password":    {fields{"password": strings.Repeat("mauve ", 50), "password_confirm": strings.Repeat("mauve ", 50)}, fields{"password": "256"}},
			"differs":          {fields{"password_confirm": good + "x"}, fields{"password_confirm": "The two passwords differ. Type the same one twice."}},
			"differs in case":  {fields{"password_confirm": strings.ToUpper(good)}, fields{"password_confirm": "The two passwords differ. Type the same one twice."}},
			"short username":   {fields{"username": "ad"}, fields{"username": "Use 3 to 32 characters."}},
			"long username":    {fields{"username": strings.Repeat("a", 33)}, fields{"username": "Use 3 to 32 characters."}},
			"space inside":     {fields{"username": "ada lovelace"}, fields{"username": "Use letters, digits"}},
			"ampersand":        {fields{"username": "ada&co"}, fields{"username": "Use letters, digits"}},
			"apostrophe":       {fields{"username": "o'ada"}, fields{"username": "Use letters, digits"}},
			"markup":           {fields{"username": "<b>ada</b>"}, fields{"username": "Use letters, digits"}},
			"an address":       {fields{"username": "ada@example.org"}, fields{"username": "Use letters, digits"}},
			"taken username":   {fields{"username": "bob_1"}, fields{"username": "This username is taken. Choose another."}},
			"taken, full width": {
				fields{"username": "ＢＯＢ_1"}, fields{"username": "This username is taken. Choose another."},
			},
		} {
			b := s.Browser().Visit("/register")
			filled := fields{"email": ada, "username": "ada", "password": good, "password_confirm": good}
			for field, value := range test.given {
				filled[field] = value
			}
			for field, value := range filled {
				b.Fill(field, value)
			}
			b.Tick("terms").Submit().SignedOut()
			for _, field := range []string{"email", "username", "password", "password_confirm", "terms"} {
				want, wrong := test.want[field]
				if said := b.Errors(field); wrong == (said == "") || !strings.Contains(said, want) || strings.HasSuffix(want, ".") && !strings.Contains(want+" Choose another.", said) {
					t.Errorf("%s: of %s is said %q, not %q", name, field, said, want)
				}
			}
			if status := b.Status(); s.Transport == apptest.JSON && status != http.StatusBadRequest || s.Transport != apptest.JSON && status != http.StatusUnprocessableEntity {
				t.Errorf("%s: status %d", name, status)
			}
		}
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("username", "ada").Fill("password", good).Fill("password_confirm", good)
		b.Submit().SeesError("terms", "Accept the terms to open an account.")
		if link := b.Page().Find(`a[href="/terms"]`); link.Length() != 1 {
			t.Error("no link to the terms")
		}
		s.Happened()
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
		// What was typed is kept: mend what is wrong and go on.
		if s.Transport == apptest.Plain {
			b.Holds("email", ada).Holds("username", "ada").Holds("password", "")
			b.Fill("password", good).Fill("password_confirm", good)
		}
		b.Tick("terms").Submit().At("/login").Sees(saysDone + ada)
		if row := s.Happened(app.Registered)[0].User; row.Username != "ada" {
			t.Errorf("the account is %+v", row)
		}
	})
}

// The switches: what a site does not ask for is neither on its page nor taken from a request.
func TestRegisterAsks(t *testing.T) {
	t.Parallel()
	extra := `"username":"sneaked","password_confirm":"other","terms":false,"id":"1","auth_version":9,"password_hash":"x","PasswordHash":"x","AuthVersion":9,"roles":["admin"],"disabled_at":"now"`
	for name, test := range map[string]struct {
		asks     app.Register
		has      string
		username string
	}{
		"nothing more":      {app.Register{}, "email password", ""},
		"optional username": {app.Register{Username: app.Optional}, "email username password", "sneaked"},
		"twice":             {app.Register{Retype: true}, "email password password_confirm", ""},
		"terms":             {app.Register{Terms: "https://shop.example/terms"}, "email password terms", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tellOnce(t, registering(test.asks), func(t *testing.T, s *apptest.Site) {
				b := s.Browser().Visit("/register")
				var has []string
				for _, input := range b.Page().Find(`main input:not([type="hidden"])`).EachIter() {
					has = append(has, input.AttrOr("name", ""))
				}
				if got := strings.Join(has, " "); got != test.has {
					t.Errorf("the page asks for %q, not %q", got, test.has)
				}
				answer := b.Send(apptest.Request{Path: "/register", Header: headers(apptest.JSON), Body: `{"email":"` + ada + `","password":"` + good + `",` + extra + `}`})
				switch name {
				case "twice":
					if codes := answer.JSON(t).Codes("password_confirm"); len(codes) != 1 || codes[0] != "register.differs" {
						t.Errorf("%s", answer.Body)
					}
				case "terms":
					if codes := answer.JSON(t).Codes("terms"); len(codes) != 1 || codes[0] != "register.no_terms" {
						t.Errorf("%s", answer.Body)
					}
				default:
					if user := s.Happened(app.Registered)[0].User; user.Username != test.username || user.AuthVersion != 1 || !user.Active() || len(user.Roles()) != 0 {
						t.Errorf("the account is %+v", user)
					}
				}
			}, apptest.Plain)
		})
	}
}

// Any number of people may have no username; each username is one person's, however it is spelt.
func TestRegisterOptionalUsername(t *testing.T) {
	tell(t, registering(app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		open := func(email, username string) *apptest.Browser {
			return s.Browser().Visit("/register").Fill("email", email).Fill("username", username).Fill("password", good).Submit()
		}
		open("a@example.com", "").At("/login")
		open("b@example.com", "").At("/login")
		open("c@example.com", "ﬁnn").At("/login") // with a ligature
		open("d@example.com", "FINN").SeesError("username", "This username is taken.")
		s.Happened(app.Registered, app.Registered, app.Registered)
		signIn(s.Browser(), "finn", good).SignedIn("c@example.com")
		signIn(s.Browser(), "a@example.com", good).SignedIn("a@example.com")
	})
}

// An address is one mailbox, however its owner writes it.
func TestRegisterSameAddress(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		open := func(email string) {
			s.Browser().Visit("/register").Fill("email", email).Fill("password", good).Submit().At("/login")
		}
		open("Ohm\u2126@bücher.example") // the sign for ohm is the letter omega
		s.Happened(app.Registered)
		for _, same := range []string{"ohmω@xn--bcher-kva.example", "OHMΩ@BÜCHER.example", " ohm\u2126@bücher.example "} {
			open(same)
			s.Happened(app.RegisterExisting)
		}
		open("ohm@bücher.example") // another
		s.Happened(app.Registered)
		if n, err := s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context()); err != nil || n != 2 {
			t.Errorf("%d accounts (%v)", n, err)
		}
	})
}
