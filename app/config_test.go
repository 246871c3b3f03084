package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db"
)

// What cannot work is refused at start-up, each mistake in a sentence that names the field.
func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := func() app.Config {
		return app.Config{
			URL: "https://shop.example", From: "no-reply@shop.example", Mailer: mail.NewMailbox(),
			Secrets: []string{strings.Repeat("s", 32)}, DB: db.MustOpen("sqlite:" + t.TempDir() + "/shop.db"),
		}
	}
	if _, err := app.New(good()); err != nil {
		t.Fatalf("what should work is refused: %v", err)
	}
	for name, test := range map[string]struct {
		spoil func(*app.Config)
		says  []string
	}{
		"nothing at all":      {func(c *app.Config) { *c = app.Config{} }, []string{"Config.URL", "Config.DB", "Config.Secrets", "Config.Mailer", "Config.From"}},
		"no host":             {func(c *app.Config) { c.URL = "https://" }, []string{"Config.URL", "host"}},
		"another scheme":      {func(c *app.Config) { c.URL = "ftp://shop.example" }, []string{"Config.URL"}},
		"a path":              {func(c *app.Config) { c.URL = "https://shop.example/shop" }, []string{"Config.URL", "Config.Prefix"}},
		"a pattern":           {func(c *app.Config) { c.URL = "https://*.shop.example" }, []string{"Config.URL"}},
		"no host but a port":  {func(c *app.Config) { c.URL = "https://:8080" }, []string{"Config.URL"}},
		"a port too high":     {func(c *app.Config) { c.URL = "https://shop.example:99999" }, []string{"Config.URL"}},
		"a bare query":        {func(c *app.Config) { c.URL = "https://shop.example?" }, []string{"Config.URL", "origin"}},
		"a secret of space":   {func(c *app.Config) { c.Secrets = []string{strings.Repeat(" ", 40)} }, []string{"Config.Secrets[0]"}},
		"no address":          {func(c *app.Config) { c.From = "not an address" }, []string{"Config.From"}},
		"a prefix elsewhere":  {func(c *app.Config) { c.Prefix = "//auth.example" }, []string{"Config.Prefix"}},
		"a prefix as pattern": {func(c *app.Config) { c.Prefix = "/:x" }, []string{"Config.Prefix"}},
		"a path as pattern":   {func(c *app.Config) { c.Paths = map[string]string{"login": "/:x"} }, []string{`Config.Paths["login"]`}},
		"a path and a query":  {func(c *app.Config) { c.Paths = map[string]string{"login": "/in?x=1"} }, []string{`Config.Paths["login"]`}},
		"a path in capitals":  {func(c *app.Config) { c.Paths = map[string]string{"login": "/Register/"} }, []string{"login", "register"}},
		"a home for guests":   {func(c *app.Config) { c.Home = "/login" }, []string{"Config.Home", `"login"`}},
		"left for elsewhere":  {func(c *app.Config) { c.Features = []app.Feature{app.Login{}, app.Logout{After: "//evil.example"}} }, []string{"Logout.After"}},
		"an odd name":         {func(c *app.Config) { c.Features = []app.Feature{app.Login{By: 8}} }, []string{"Login.By"}},
		"an odd question":     {func(c *app.Config) { c.Features = []app.Feature{app.Login{}, app.Register{Email: 9}} }, []string{"Register.Email"}},
		"no way in":           {func(c *app.Config) { c.Features = []app.Feature{app.Register{}} }, []string{"Config.Features", "Login"}},
		"a pointer":           {func(c *app.Config) { c.Features = []app.Feature{&app.Login{}} }, []string{"Config.Features[0]", "app.Login{}"}},
		"no feature":          {func(c *app.Config) { c.Features = []app.Feature{nil} }, []string{"Config.Features[0]"}},
		"no users":            {func(c *app.Config) { c.Users = &app.Users[*db.User]{} }, []string{"Config.Users", "app.Extend"}},
		"an odd origin":       {func(c *app.Config) { c.Origins = []string{"javascript://docs"} }, []string{"Config.Origins[0]"}},
		"any host":            {func(c *app.Config) { c.Hosts = []string{"*.shop.example"} }, []string{"Config.Hosts[0]"}},
		"a limit upside down": {
			func(c *app.Config) {
				c.Features = []app.Feature{app.Login{Limit: app.Limit{PerAccount: app.Delay{First: time.Hour, Longest: time.Minute}}}}
			},
			[]string{"Login.Limit.PerAccount"},
		},
		"all of it": {
			func(c *app.Config) { c.From, c.Features = "", []app.Feature{app.Login{By: app.Email, Apart: true}} },
			[]string{"Config.From", "Login.Apart"},
		},
		"http":                {func(c *app.Config) { c.URL = "http://shop.example" }, []string{"Config.URL", "https"}},
		"a short secret":      {func(c *app.Config) { c.Secrets = []string{"short"} }, []string{"Config.Secrets[0]", "32"}},
		"a short old secret":  {func(c *app.Config) { c.Secrets = append(c.Secrets, "short") }, []string{"Config.Secrets[1]"}},
		"no sender":           {func(c *app.Config) { c.From = "" }, []string{"Config.From"}},
		"no answers":          {func(c *app.Config) { c.ReplyTo = "help@shop.example\r\nBcc: c@d.example" }, []string{"Config.ReplyTo"}},
		"a broken sender":     {func(c *app.Config) { c.From = "a@b.example\r\nBcc: c@d.example" }, []string{"Config.From", "line break"}},
		"a prefix":            {func(c *app.Config) { c.Prefix = "accounts/" }, []string{"Config.Prefix"}},
		"a home elsewhere":    {func(c *app.Config) { c.Home = "//evil.example" }, []string{"Config.Home"}},
		"an origin with path": {func(c *app.Config) { c.Origins = []string{"https://docs.shop.example/x"} }, []string{"Config.Origins[0]"}},
		"a host with path":    {func(c *app.Config) { c.Hosts = []string{"shop.internal", "shop.internal/x"} }, []string{"Config.Hosts[1]", "host alone"}},
		"a host with scheme":  {func(c *app.Config) { c.Hosts = []string{"https://shop.internal"} }, []string{"Config.Hosts[0]"}},
		"no network":          {func(c *app.Config) { c.Proxies = []string{"10.0.0.0/8", "proxy.internal"} }, []string{"Config.Proxies[1]", "10.0.0.0/8"}},
		"no such notice":      {func(c *app.Config) { c.Unsent = []string{"confirm"} }, []string{"Config.Unsent[0]", `"confirm"`, "register.welcome"}},
		"no retention":        {func(c *app.Config) { c.Retention = -time.Hour }, []string{"Config.Retention"}},
		"lifetimes":           {func(c *app.Config) { c.Sessions = app.Lifetimes{Idle: 2 * time.Hour, Absolute: time.Hour} }, []string{"Config.Sessions"}},
		"a policy":            {func(c *app.Config) { c.Passwords = password.Policy{Min: 20, Max: 10} }, []string{"Config.Passwords"}},
		"no Redis":            {func(c *app.Config) { c.Redis = "localhost:6379" }, []string{"Config.Redis", "redis://user:password@host:6379/0"}},
		"an unknown route":    {func(c *app.Config) { c.Paths = map[string]string{"signin": "/in"} }, []string{"Config.Paths", `"signin"`}},
		"a path elsewhere":    {func(c *app.Config) { c.Paths = map[string]string{"login": "//in"} }, []string{`Config.Paths["login"]`}},
		"one path for two":    {func(c *app.Config) { c.Paths = map[string]string{"login": "/register"} }, []string{"login", "register", "/register"}},
		"a feature twice":     {func(c *app.Config) { c.Features = []app.Feature{app.Login{}, app.Login{}} }, []string{"Login", "twice"}},
		"nobody can sign in": {
			func(c *app.Config) { c.Features = []app.Feature{app.Register{}, app.Login{By: app.Username}} },
			[]string{"Login.By", "Register.Username"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := good()
			test.spoil(&config)
			_, err := app.New(config)
			if err == nil {
				t.Fatal("it is taken")
			}
			for _, words := range test.says {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q does not say %q", err, words)
				}
			}
		})
	}
}

// A URL is written in many ways and sent by browsers in one.
func TestURLAsBrowsersSendIt(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://shop.example/": "https://shop.example", "HTTPS://Shop.Example": "https://shop.example",
		"https://shop.example:443": "https://shop.example", "https://shop.example:8443": "https://shop.example:8443",
		"https://bücher.example": "https://xn--bcher-kva.example", "http://LOCALHOST:80": "http://localhost",
		"http://[::1]:3000": "http://[::1]:3000", "http://127.0.0.1": "http://127.0.0.1", "http://[::1]": "http://[::1]",
	} {
		accounts, err := app.New(app.Config{
			URL: given, From: "a@shop.example", Mailer: mail.NewMailbox(), Secrets: []string{strings.Repeat("s", 32)},
			DB: db.MustOpen("sqlite:" + t.TempDir() + "/shop.db"),
		})
		if err != nil || accounts.Config.URL != want {
			t.Errorf("%s: %v, %v", given, accounts, err)
		}
	}
}

// The secret for development keeps a first start free of settings, and is no secret.
func TestDevelopmentSecretStaysThere(t *testing.T) {
	t.Parallel()
	for url, development := range map[string]bool{
		"http://localhost:3000": true, "http://127.0.0.1": true, "http://[::1]:3000": true, "http://shop.localhost": true,
		"https://localhost": false, "http://localhost.shop.example": false, "http://10.0.0.1": false, "https://shop.example": false,
	} {
		if got := (app.Config{URL: url}).Development(); got != development {
			t.Errorf("%s is development: %v", url, got)
		}
	}
	_, err := app.New(app.Config{
		URL: "https://shop.example", From: "no-reply@shop.example", Mailer: mail.NewMailbox(), DB: db.MustOpen("sqlite:" + t.TempDir() + "/shop.db"),
		Secrets: []string{"only for development, never in production"},
	})
	if err == nil || !strings.Contains(err.Error(), "Config.Secrets[0]") {
		t.Errorf("the secret for development is taken in production: %v", err)
	}
}
