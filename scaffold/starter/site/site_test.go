package site_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	kit "github.com/gatehouse-go/gatehouse/db"

	"github.com/gatehouse-go/gatehouse/scaffold/starter/site"
)

// start returns the application on a database of its own, as it is in development.
func start(t *testing.T) *site.Site {
	t.Helper()
	s, err := site.New(site.Settings{Name: "Starter", Database: "sqlite:" + filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Accounts.DB.Close() })
	if _, err := kit.Migrate(t.Context(), s.Accounts.DB); err != nil {
		t.Fatal(err)
	}
	return s
}

func visit(t *testing.T, s *site.Site, path string) (answer *http.Response, body string) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	request.Host = "localhost" // requests for names that are not the application's are refused
	answer, err := s.Server.Test(request, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(content)
}

func TestEveryoneSeesHome(t *testing.T) {
	t.Parallel()
	answer, body := visit(t, start(t), "/")
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("home answers %d, want 200", answer.StatusCode)
	}
	for _, want := range []string{"<h1>Starter is running</h1>", `href="/register"`, "/static/site.css?v="} {
		if !strings.Contains(body, want) {
			t.Errorf("home lacks %s", want)
		}
	}
}

func TestGuestsAreSentToSignInAndBack(t *testing.T) {
	t.Parallel()
	answer, _ := visit(t, start(t), "/members?page=2")
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the members' page answers a guest %d, want 303", answer.StatusCode)
	}
	if got, want := answer.Header.Get("Location"), "/login?next=%2Fmembers%3Fpage%3D2"; got != want {
		t.Errorf("the members' page sends a guest to %q, want %q", got, want)
	}
}

// The Redis that is set is the one that accounts use, and need not be up.
func TestRedisIsPassedOn(t *testing.T) {
	t.Parallel()
	settings := site.Settings{Name: "Starter", Database: "sqlite:" + filepath.Join(t.TempDir(), "test.db"), Redis: "localhost"}
	if _, err := site.New(settings); err == nil || !strings.Contains(err.Error(), "Config.Redis") {
		t.Errorf("a Redis that cannot be read: %v", err)
	}
	settings.Redis = "redis://127.0.0.1:1"
	s, err := site.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Accounts.DB.Close()
	if s.Accounts.Redis != settings.Redis {
		t.Errorf("accounts use the Redis %q", s.Accounts.Redis)
	}
}
