package e2e

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// cheap is a hash that takes no time: hashing is not what is tested here.
func cheap() password.Params { return password.Params{Memory: 64, Time: 1, Threads: 1} }

// secret is everybody's password.
const secret = "correct horse battery staple"

// A site is one application on a port of its own, with the pages of a host beside the kit's.
type site struct {
	t      *testing.T
	app    *app.App
	db     *bun.DB
	url    string
	server *fiber.App

	mu    sync.Mutex
	first map[string]fiber.Handler
	count map[string]int
	log   bytes.Buffer
	heard bool
}

// newSite starts an application; it stops when the test ends.
func newSite(t *testing.T, change ...func(*app.Config)) *site {
	t.Helper()
	s := &site{t: t, db: dbtest.SQLite(t), first: map[string]fiber.Handler{}, count: map[string]int{}}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	must(t, err)
	s.url = "http://localhost:" + port
	config := app.Config{
		URL: s.url, Name: "Shop", DB: s.db, Hashing: cheap(),
		Log:  slog.New(slog.NewTextHandler(s, nil)),
		Foot: []app.Link{{Label: text("Privacy"), URL: "/tour/1"}},
	}
	for _, apply := range change {
		apply(&config)
	}
	s.app, err = app.New(config)
	must(t, err)
	server := fiber.New(s.app.FiberConfig())
	s.server = server
	server.Use(s.meet)
	must(t, s.app.Mount(server))
	s.routes(server)
	stopped := make(chan error, 1)
	go func() { stopped <- server.Listener(listener) }()
	t.Cleanup(func() {
		if err := server.ShutdownWithTimeout(10 * time.Second); err != nil {
			t.Errorf("the server did not stop: %v", err)
		}
		must(t, <-stopped)
		s.end()
	})
	return s
}

// meet counts a request, and lets the test answer it first, or hold it up.
func (s *site) meet(c *fiber.Ctx) error {
	key := c.Method() + " " + c.Path()
	s.mu.Lock()
	s.count[key]++
	first := s.first[key]
	s.mu.Unlock()
	if first != nil {
		return first(c)
	}
	return c.Next()
}

// on has requests such as "POST /login" answered by do, which may go on to the application by
// c.Next; nil ends that.
func (s *site) on(request string, do fiber.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first[request] = do
}

// hold keeps requests waiting until they are let go.
func (s *site) hold(request string) (letGo func()) {
	held := make(chan struct{})
	letGo = sync.OnceFunc(func() { close(held) })
	s.t.Cleanup(letGo) // whatever happens, so that the server can stop
	s.on(request, func(c *fiber.Ctx) error {
		<-held
		return c.Next()
	})
	return letGo
}

// arrived waits for a request to have come.
func (s *site) arrived(kind string) {
	s.t.Helper()
	for end := time.Now().Add(patience); s.requests(kind) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("no request %s came", kind)
		}
	}
}

// requests says how many there were of the kind "POST /login".
func (s *site) requests(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[kind]
}

// Write takes what the application logs.
func (s *site) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(line)
}

// errs says that the test makes the application log errors.
func (s *site) errs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = true
}

func (s *site) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.heard && strings.Contains(s.log.String(), "level=ERROR") {
		s.t.Error("the application logged an error")
	}
	if s.t.Failed() && s.log.Len() > 0 {
		s.t.Logf("the application logged:\n%s", s.log.String())
	}
}

// person opens an account with the password that all have.
func (s *site) person(email string) *db.User {
	s.t.Helper()
	hasher, err := password.New(cheap())
	must(s.t, err)
	hash, err := hasher.Hash(s.t.Context(), secret)
	must(s.t, err)
	now := time.Now().UTC()
	user := &db.User{ID: db.NewID(), PasswordHash: hash, PasswordChangedAt: now, AuthVersion: 1, CreatedAt: now, UpdatedAt: now}
	user.Primary = &db.Address{ID: db.NewID(), UserID: user.ID, Email: email, Key: email, IsPrimary: true, ConfirmedAt: now, CreatedAt: now}
	for _, row := range []any{user, user.Primary} {
		_, err := s.db.NewInsert().Model(row).Exec(s.t.Context())
		must(s.t, err)
	}
	return user
}

// session signs user in without a form and returns the cookie.
func (s *site) session(user *db.User) string {
	s.t.Helper()
	now := time.Now().UTC()
	row := &db.Session{Methods: db.Methods{{Name: app.ByPassword, At: now}}, AuthAt: now}
	value, err := s.store().Insert(s.t.Context(), s.db, user, row)
	must(s.t, err)
	return value
}

// revoke ends every session of user, as if from another machine.
func (s *site) revoke(user *db.User) {
	s.t.Helper()
	must(s.t, s.store().RevokeAll(s.t.Context(), s.db, user.ID, db.Session{}.ID, "test"))
}

func (s *site) store() session.Store {
	return session.Store{Now: func() time.Time { return time.Now().UTC() }, Idle: time.Hour, Absolute: time.Hour}
}

// sessions counts the live sessions of everybody.
func (s *site) sessions() int { return s.rows("sessions WHERE revoked_at IS NULL") }

// accounts counts them.
func (s *site) accounts() int { return s.rows("users") }

func (s *site) rows(of string) (n int) {
	s.t.Helper()
	must(s.t, s.db.QueryRowContext(context.Background(), "SELECT count(*) FROM "+of).Scan(&n))
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
