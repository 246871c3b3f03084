package app

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Account is the hub: what a person's account is, how it stands, and what can be done about it.
// Every feature adds its own sentences.
//
//	GET /account   the hub; programs get the user
type Account struct{}

var (
	accountNav      = locales.Message{Code: "account.nav", English: "Account"}
	identitySection = locales.Message{Code: "account.identity", English: "Who you are"}
	addressTitle    = locales.Message{Code: "account.address", English: "E-mail address"}
	usernameItem    = locales.Message{Code: "account.username", English: "Username"}
	noneYet         = locales.Message{Code: "account.none", English: "None yet"}
	signInSection   = locales.Message{Code: "account.sign_in", English: "Signing in"}
	passwordItem    = locales.Message{Code: "account.password", English: "Password"}
	passwordIsSet   = locales.Message{Code: "account.password.set", English: "Set on %s"}
	sessionItem     = locales.Message{Code: "account.session", English: "This browser"}
	sessionSince    = locales.Message{Code: "account.session.since", English: "Signed in since %s"}
	signOutAction   = locales.Message{Code: "account.sign_out", English: "Sign out"}
)

func (f Account) enable(a *App) error {
	a.add(route{name: "account", path: "/account", who: member, show: f.show, nav: accountNav, icon: "user"})
	a.hub = append([]func(*request) props.Section{whoYouAre, signingIn}, a.hub...)
	return nil
}

func (f Account) show(r *request) error {
	p := props.Account{Who: r.person(), Joined: r.account().CreatedAt}
	for _, section := range r.hub {
		if s := section(r); len(s.Items) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	return show(r, r.Views.Account, p, wire{"user": r.userWire()})
}

func whoYouAre(r *request) props.Section {
	name := sentence("user", usernameItem, r.account().Username)
	if path := r.URL("change-username"); path != "" {
		name.Action = props.Link{Label: changeAction, URL: path}
		if r.account().Username == "" {
			name.Action.Label = changeUsernameAction
		}
	}
	return props.Section{Title: identitySection, Items: []props.Item{r.addressItem(), name}}
}

func signingIn(r *request) props.Section {
	secret := props.Item{Icon: "lock", Title: passwordItem, Text: noneYet}
	if since := r.account().PasswordChangedAt; r.account().PasswordHash != "" && !since.IsZero() {
		secret.Text = passwordIsSet.With(locales.Date(r.ctx, since))
	}
	if path := r.URL("change"); path != "" {
		secret.Action = props.Link{Label: changeAction, URL: path}
		if r.account().PasswordHash == "" {
			secret.Action.Label = changeSetAction
		}
	}
	items := []props.Item{secret}
	if r.magic != nil {
		items = append(items, sentence("mail", magicItem, r.person().Email))
	}
	return props.Section{Title: signInSection, Items: append(append(items,
		props.Item{
			Icon: "monitor", Title: sessionItem, Text: sessionSince.With(locales.DateTime(r.ctx, r.visit.session.CreatedAt)),
			Action: props.Link{Label: signOutAction, URL: r.URL("logout")},
		}), lastTime(r)...)}
}

// sentence is an item that says what something is, or that there is none.
func sentence(icon string, title locales.Message, is string) props.Item {
	item := props.Item{Icon: icon, Title: title, Plain: is}
	if is == "" {
		item.Text = noneYet
	}
	return item
}

// person is who is signed in, as pages show them.
func (r *request) person() props.Who {
	user := r.account()
	who := props.Who{Name: knownAs(user)}
	if user.Primary != nil {
		who.Email = user.Primary.Email
	}
	who.Initials, who.Roles = initials(who.Name), user.Roles()
	return who
}

// initials are up to two letters that stand for a name.
func initials(name string) string {
	local, _, _ := strings.Cut(name, "@")
	var letters []rune
	for _, part := range strings.FieldsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		letter, _ := utf8.DecodeRuneInString(part)
		letters = append(letters, unicode.ToUpper(letter))
	}
	return string(letters[:min(len(letters), 2)])
}

// nav leads to the pages of the hub.
func (r *request) nav() []props.Link {
	var nav []props.Link
	for _, rt := range r.routes {
		if rt.who == member && !rt.nav.IsZero() {
			nav = append(nav, props.Link{Label: rt.nav, Icon: rt.icon, URL: r.URL(rt.name), Current: rt.name == r.route.name})
		}
	}
	return nav
}

// doors are the links for someone who is not signed in.
func (r *request) doors() []props.Link {
	var doors []props.Link
	for _, d := range r.doorways {
		doors = append(doors, props.Link{Label: d.label, URL: r.URL(d.route), Current: d.route == r.route.name})
	}
	return doors
}
