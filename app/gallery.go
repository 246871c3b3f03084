package app

import (
	"context"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
	"github.com/gatehouse-go/gatehouse/pages/states"
)

// gallery shows, in development, every page, component and mail in every state that the tests know:
// by the host's own views, mails, elements and words where it has some.
//
//	GET  /dev/gallery?group=login&in=fa&theme=dark&dir=ltr&width=390    those of one feature
//	GET  /dev/gallery/:state?in=fa&theme=dark&dir=ltr                  one of them alone
type gallery struct{}

func (f gallery) enable(a *App) error {
	if !a.Development() {
		return nil
	}
	a.tools = append(a.tools, way{galleryLink, "eye", "gallery"})
	a.add(route{name: "gallery", path: "/dev/gallery", wide: true, show: f.list})
	a.add(route{name: "gallery.state", path: "/dev/gallery/:state", show: f.frame})
	return nil
}

var galleryLink = locales.Message{Code: "gallery.title", English: "Gallery"}

// An exhibit is a state of a page or component, or else a mail.
type exhibit struct {
	states.State
	mail *states.Mail
}

// mailGroup is the group of mails, and begins their names: pages have the same.
const mailGroup = "mails"

// exhibits are all there are, those of a feature together.
func (a *App) exhibits() (all []exhibit) {
	for _, state := range states.Of(a.Name) {
		all = append(all, exhibit{State: state})
	}
	letters := states.Mails(a.Name, a.Config.URL)
	for _, n := range a.everyNotice() {
		name := "notice-" + strings.ReplaceAll(n.kind, ".", "-")
		letters = append(letters, states.Mail{Name: name, View: "Mails.Notice", Write: func(ctx context.Context, m pages.Mails) components.Mail {
			return m.Notice(ctx, a.noticed(n, time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC), "192.0.2.7"))
		}})
	}
	for _, m := range letters {
		all = append(all, exhibit{State: states.State{Name: "mail-" + m.Name, Group: mailGroup, View: m.View}, mail: &m})
	}
	return all
}

// everyNotice is every mail by which owners are told of what was done with their account.
func (a *App) everyNotice() []notice {
	const ada, grace = "ada@example.com", "grace@example.com"
	changed := emailChanged.notice(a.Name)
	changed.then = noticeEnded
	return []notice{
		alertNotice(a.Name, locales.Message{Code: "browser.on", English: "%s on %s"}.With("Firefox", "Windows")),
		changeNotice(a.Name), removedNotice(a.Name, removedTold), recoverNotice(a.Name, ada),
		changed, a.restoredNotice(), addressAdded.notice(a.Name, grace), addressRemoved.notice(a.Name, grace),
		usernameNotice(a.Name, "ada", "countess", locales.Message{}), a.stolenNotice(), closedNotice(a.Name),
	}
}

// own reports whether the host draws it, rather than the kit.
func (a *App) own(view string) bool {
	of, name, _ := strings.Cut(view, ".")
	pair := map[string][2]any{
		"Views": {a.Views, pages.Default()}, "Mails": {a.Mails, pages.DefaultMails()}, "Elements": {a.Elements, elements.Kit()},
	}[of]
	if pair[0] == nil {
		return false
	}
	return reflect.ValueOf(pair[0]).FieldByName(name).Pointer() != reflect.ValueOf(pair[1]).FieldByName(name).Pointer()
}

// low is how tall a frame is at least that stands for no screen.
const low = 240

// screens are the widths to look at, and how tall a screen of each is: a phone, a tablet, a window.
func screens() map[int]int { return map[int]int{390: 844, 768: 1024, 1280: 800} }

// galleryWidths and galleryThemes are those to choose among, the first of them unless asked otherwise.
func galleryWidths() []string { return []string{"390", "768", "1280"} }

func galleryThemes() []string { return []string{"system", "light", "dark"} }

// looks is how to look at a state: in which language, theme and direction.
type looks struct{ in, theme, dir string }

func (l looks) query() url.Values {
	return url.Values{"in": {l.in}, "theme": {l.theme}, "dir": {l.dir}}
}

// chosen is the one of several values that the query asks for under name, or the first.
func (r *request) chosen(name string, values ...string) string {
	if asked := r.c.Query(name); slices.Contains(values, asked) {
		return strings.Clone(asked)
	}
	return values[0]
}

func (r *request) tags() (tags []string) {
	for _, language := range r.catalogues.Languages() {
		tags = append(tags, language.Tag())
	}
	return tags
}

// looks is how the query asks to look, and in the reader's own language if it does not say.
func (r *request) looks() looks {
	own := locales.From(r.ctx).Tag()
	return looks{
		in:    r.chosen("in", append([]string{own}, r.tags()...)...),
		theme: r.chosen("theme", galleryThemes()...),
		dir:   r.chosen("dir", "auto", "ltr", "rtl"),
	}
}

func (f gallery) list(r *request) error {
	all, l := r.exhibits(), r.looks()
	var groups []string
	for _, e := range all {
		if !slices.Contains(groups, e.Group) {
			groups = append(groups, e.Group)
		}
	}
	width := r.chosen("width", galleryWidths()...)
	p := props.Gallery{Here: r.URL("gallery"), Group: r.chosen("group", groups...), Choosers: r.choosers(l, width)}
	p.Width, _ = strconv.Atoi(width) // one of three numbers
	p.Height = screens()[p.Width]
	if p.Group == "components" || p.Group == mailGroup {
		p.Height = low
	}
	for _, group := range groups {
		query := l.query()
		query.Set("group", group)
		query.Set("width", width)
		p.Groups = append(p.Groups, props.GalleryGroup{Name: group, URL: p.Here + "?" + query.Encode(), Current: group == p.Group})
	}
	var listed []exhibitWire
	for _, e := range all {
		s := props.GalleryState{Name: e.Name, View: e.View, Own: r.own(e.View), URL: r.URL("gallery.state", e.Name) + "?" + l.query().Encode()}
		listed = append(listed, exhibitWire{e.Name, e.Group, s.View, s.Own, s.URL})
		if e.Group != p.Group {
			continue
		}
		if e.mail != nil {
			var err error
			if s.Mail, err = r.besides(e, l); err != nil {
				return err
			}
		}
		p.States = append(p.States, s)
	}
	r.c.Set(fiber.HeaderContentSecurityPolicy, csp+"; frame-src 'self'")
	return show(r, r.Views.Gallery, p, wire{"states": listed, "languages": r.tags()})
}

// exhibitWire is one state as tools read it.
type exhibitWire struct {
	Name  string `json:"name"`
	Group string `json:"group"`
	View  string `json:"view"`
	Own   bool   `json:"own"`
	URL   string `json:"url"`
}

func (r *request) choosers(l looks, width string) []props.Chooser {
	list := []props.Chooser{
		{Name: "in", Label: locales.Message{Code: "gallery.language", English: "Language"}},
		{Name: "theme", Label: locales.Message{Code: "gallery.theme", English: "Theme"}, Options: []props.Option{
			{Value: "system", Label: locales.Message{Code: "gallery.system", English: "The system's"}},
			{Value: "light", Label: locales.Message{Code: "gallery.light", English: "Light"}},
			{Value: "dark", Label: locales.Message{Code: "gallery.dark", English: "Dark"}},
		}},
		{Name: "dir", Label: locales.Message{Code: "gallery.direction", English: "Direction"}, Options: []props.Option{
			{Value: "auto", Label: locales.Message{Code: "gallery.auto", English: "The language's"}},
			{Value: "ltr", Label: locales.Message{Code: "gallery.ltr", English: "Left to right"}},
			{Value: "rtl", Label: locales.Message{Code: "gallery.rtl", English: "Right to left"}},
		}},
		{Name: "width", Label: locales.Message{Code: "gallery.width", English: "Width"}, Options: []props.Option{
			{Value: "390", Label: locales.Message{Code: "gallery.phone", English: "Phone, %d"}.With(390)},
			{Value: "768", Label: locales.Message{Code: "gallery.tablet", English: "Tablet, %d"}.With(768)},
			{Value: "1280", Label: locales.Message{Code: "gallery.window", English: "Window, %d"}.With(1280)},
		}},
	}
	for _, language := range r.catalogues.Languages() {
		list[0].Options = append(list[0].Options, props.Option{
			Value: language.Tag(), Label: locales.Message{Code: "mailbox.mail", English: "%s"}.With(language.Name()),
		})
	}
	for i, chosen := range []string{l.in, l.theme, l.dir, width} {
		for j := range list[i].Options {
			list[i].Options[j].Chosen = list[i].Options[j].Value == chosen
		}
	}
	return list
}

// besides is a mail besides its looks.
func (r *request) besides(e exhibit, l looks) (*props.GalleryMail, error) {
	m, err := r.sampled(e, l)
	if err != nil {
		return nil, err
	}
	language := r.catalogues.Match(l.in)
	p := r.inspected(mail.Kept{Message: m})
	return &props.GalleryMail{Subject: m.Subject, Text: p.Text, Source: p.Source, Lang: language.Tag(), Dir: language.Dir()}, nil
}

// sampled is a mail as it would be sent.
func (r *request) sampled(e exhibit, l looks) (mail.Message, error) {
	ctx := r.Speak(r.ctx, l.in)
	return r.letter(ctx, e.mail.Name, "ada@example.com", e.mail.Write(ctx, r.Mails))
}
