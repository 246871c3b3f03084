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
		"http":                {func(c *app.Config) { c.URL = "http://shop.example" }, []string{"Config.URL", "https"}},
		"a short secret":      {func(c *app.Config) { c.Secrets = []string{"short"} }, []string{"Config.Secrets[0]", "32"}},
		"a short old secret":  {func(c *app.Config) { c.Secrets = append(c.Secrets, "short") }, []string{"Config.Secrets[1]"}},
		"no sender":           {func(c *app.Config) { c.From = "" }, []string{"Config.From"}},
		"a broken sender":     {func(c *app.Config) { c.From = "a@b.example\r\nBcc: c@d.example" }, []string{"Config.From", "line break"}},
		"a prefix":            {func(c *app.Config) { c.Prefix = "accounts/" }, []string{"Config.Prefix"}},
		"a home elsewhere":    {func(c *app.Config) { c.Home = "//evil.example" }, []string{"Config.Home"}},
		"an origin with path": {func(c *app.Config) { c.Origins = []string{"https://docs.shop.example/x"} }, []string{"Config.Origins[0]"}},
		"a host with path":    {func(c *app.Config) { c.Hosts = []string{"shop.internal", "shop.internal/x"} }, []string{"Config.Hosts[1]", "host alone"}},
		"a host with scheme":  {func(c *app.Config) { c.Hosts = []string{"https://shop.internal"} }, []string{"Config.Hosts[0]"}},
		"no network":          {func(c *app.Config) { c.Proxies = []string{"10.0.0.0/8", "proxy.internal"} }, []string{"Config.Proxies[1]", "10.0.0.0/8"}},
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
