package app_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

func TestMain(m *testing.M) {
	if os.Getenv("KILL_DATABASE") != "" {
		if err := serveToBeKilled(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// killable is the application of the kill test, at an address, its clock so far ahead.
func killable(conn *bun.DB, url, sink string, ahead time.Duration) (*app.App, error) {
	mailer, err := mail.SMTP(sink)
	if err != nil {
		return nil, err
	}
	return app.New(app.Config{
		URL: url, Name: "Shop", From: "no-reply@shop.example", DB: conn, Mailer: mailer, Hashing: apptest.Fast(),
		Features: []app.Feature{app.Login{}, app.Register{Limit: app.Limit{PerNetwork: app.Quota{Most: 1e6, Within: time.Hour}}}},
		Now:      func() time.Time { return time.Now().Add(ahead) },
	})
}

// serveToBeKilled serves on a port of its own, which it prints, until it is killed.
func serveToBeKilled() error {
	ahead, err := time.ParseDuration(os.Getenv("KILL_AHEAD"))
	if err != nil {
		return err
	}
	conn, err := db.Open(os.Getenv("KILL_DATABASE"))
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	accounts, err := killable(conn, "http://localhost:"+port, os.Getenv("KILL_SINK"), ahead)
	if err != nil {
		return err
	}
	server := fiber.New(accounts.FiberConfig())
	if err := accounts.Mount(server); err != nil {
		return err
	}
	fmt.Println(port)
	return server.Listener(listener)
}

// A process is killed twenty times while two hundred people register. Everyone who has an account
// is welcomed, and no mail comes more than twice: a second time where the process died between
// handing it over and writing that down.
func TestKilledWhileMailing(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &killing{t: t, url: address(t), sink: newSink(t), chance: rand.New(rand.NewPCG(1, 2)), kills: 20}
			if testing.Short() {
				k.kills = 2
			}
			k.guests = 10 * k.kills
			for i := range k.guests {
				k.left = append(k.left, fmt.Sprintf("person%d@example.com", i))
			}
			for killed := range k.kills {
				k.live(killed, 10)
			}
			for len(k.left) > 0 {
				k.live(k.kills, len(k.left)) // once more, for those whom a kill has left without an answer
			}
			k.check()
		})
	}
}

// A killing is one run of the test: who has not been told yet that they are registered.
type killing struct {
	t      *testing.T
	url    string
	sink   *sink
	chance *rand.Rand
	// So often a process is killed while so many people register.
	kills, guests int

	mu   sync.Mutex
	left []string
}

// live starts a process, has so many people register with it, and kills it in the midst of that.
// Each comes some minutes after the last by its clock, so that what that held is free.
func (k *killing) live(nth, some int) {
	k.t.Helper()
	child := exec.CommandContext(k.t.Context(), os.Args[0])
	child.Env = append(os.Environ(), "KILL_DATABASE="+k.url, "KILL_SINK="+k.sink.url, "KILL_AHEAD="+(time.Duration(nth)*6*time.Minute).String())
	child.Stderr = k.t.Output()
	out, err := child.StdoutPipe()
	must(k.t, err)
	must(k.t, child.Start())
	port, err := bufio.NewReader(out).ReadString('\n')
	must(k.t, err)
	origin := "http://localhost:" + strings.TrimSpace(port)
	now := k.take(some)
	var all sync.WaitGroup
	for _, email := range now {
		soon := k.moment(0, 400)
		all.Go(func() {
			time.Sleep(soon)
			if !register(k.t.Context(), origin, email) {
				k.give(email)
			}
		})
	}
	if nth < k.kills {
		time.Sleep(k.moment(100, 500))
	} else {
		all.Wait()
	}
	must(k.t, child.Process.Kill())
	all.Wait()
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		k.t.Fatalf("the process ended by itself: %v", err)
	}
}

// moment is any between two numbers of milliseconds.
func (k *killing) moment(from, to int) time.Duration {
	return time.Duration(from+k.chance.IntN(to-from)) * time.Millisecond
}

func (k *killing) take(some int) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	some = min(some, len(k.left))
	now := k.left[:some]
	k.left = slices.Clone(k.left[some:])
	return now
}

func (k *killing) give(back string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.left = append(k.left, back)
}

// register reports whether somebody was told that they are registered.
func register(ctx context.Context, origin, email string) bool {
	form := url.Values{"email": {email}, "password": {good}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, origin+"/register", strings.NewReader(form.Encode()))
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", origin)
	client := http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusSeeOther
}

// check sends what is left, and compares accounts with mails.
func (k *killing) check() {
	t := k.t
	t.Helper()
	conn := db.MustOpen(k.url)
	defer conn.Close()
	accounts, err := killable(conn, "http://localhost:3000", k.sink.url, time.Duration(k.kills+2)*6*time.Minute)
	must(t, err)
	must(t, accounts.DeliverMails(t.Context()))
	var unsent []string
	must(t, conn.NewSelect().Model((*db.OutboxMail)(nil)).Column("id").Where("done_at IS NULL OR failure IS NOT NULL").Scan(t.Context(), &unsent))
	if len(unsent) != 0 {
		t.Errorf("%d mails have not gone out", len(unsent))
	}
	var addresses []string
	must(t, conn.NewSelect().Model((*db.Address)(nil)).Column("email").Scan(t.Context(), &addresses))
	if len(addresses) != k.guests {
		t.Errorf("%d have an account, not %d", len(addresses), k.guests)
	}
	k.sink.mu.Lock()
	defer k.sink.mu.Unlock()
	for _, address := range addresses {
		if ids := k.sink.welcomes[address]; len(ids) != 1 {
			t.Errorf("%s is welcomed by %d mails", address, len(ids))
		}
	}
	twice := 0
	for id, times := range k.sink.times {
		if times > 2 {
			t.Errorf("the mail %s came %d times", id, times)
		}
		if times == 2 {
			twice++
		}
	}
	t.Logf("%d mails for %d accounts, %d of them twice", len(k.sink.times), len(addresses), twice)
}
