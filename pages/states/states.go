// Package states shows every page, component and mail as people may meet it: empty, filled in,
// refused, out of patience, with names of great length. The golden files are written from this
// list, and the gallery shows it in development with the host's own views, so that what a designer
// looks at is what the tests hold still.
package states

import (
	"context"
	"reflect"
	"strings"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A State is one page, or one component on a page of its own, as somebody may meet it.
type State struct {
	// Name tells states apart, and Group is the feature that it belongs to.
	Name, Group string
	// View is what draws it: "Views." and a field of [pages.Views], "Elements." and a field of
	// [components.Elements], or "components." and what stands in that package.
	View string
	// Props is what the view is given.
	Props Props

	page props.Page
}

// Props are one of package props, or a component.
type Props interface{ Title() locales.Message }

// shown is a state before it is known whose it is: a name, what is around the view, what is in it.
type shown struct {
	name  string
	page  props.Page
	props Props
}

// drawn draws itself, where no single view does.
type drawn interface {
	view() string
	draw(pages.Views) templ.Component
}

// Of lists the states of an application of this name.
func Of(appName string) (all []State) {
	for _, g := range []struct {
		name   string
		states []shown
	}{
		{"login", loginStates()},
		{"register", registerStates()},
		{"confirm", confirmStates()},
		{"recover", recoverStates()},
		{"magiclink", magiclinkStates()},
		{"account", accountStates()},
		{"change", changeStates()},
		{"addresses", addressStates()},
		{"username", usernameStates()},
		{"invite", inviteStates()},
		{"error", errorStates()},
		{"development", developmentStates()},
		{"components", componentStates()},
	} {
		for _, s := range g.states {
			s.page.AppName = appName
			all = append(all, State{Name: s.name, Group: g.name, View: viewOf(s.props), Props: named(s.props, appName), page: s.page})
		}
	}
	return all
}

// named is the same for an application of this name, where it says none.
func named(p Props, appName string) Props {
	own := reflect.New(reflect.TypeOf(p)).Elem()
	own.Set(reflect.ValueOf(p))
	if own.Kind() == reflect.Struct {
		if field := own.FieldByName("AppName"); field.IsValid() && field.String() == "" {
			field.SetString(appName)
		}
	}
	return own.Interface().(Props)
}

// viewOf is the name of the view for such props: there is one of each.
func viewOf(p Props) string {
	if d, ok := p.(drawn); ok {
		return d.view()
	}
	for field := range reflect.TypeFor[pages.Views]().Fields() {
		if field.Type.NumIn() == 1 && field.Type.In(0) == reflect.TypeOf(p) {
			return "Views." + field.Name
		}
	}
	return ""
}

// Draw draws the state by one of the views.
func (s State) Draw(views pages.Views) templ.Component {
	if d, ok := s.Props.(drawn); ok {
		return d.draw(views)
	}
	draw := reflect.ValueOf(views).FieldByName(strings.TrimPrefix(s.View, "Views."))
	return draw.Call([]reflect.Value{reflect.ValueOf(s.Props)})[0].Interface().(templ.Component)
}

// Whole is the document: the state in the layout around all pages.
func (s State) Whole(ctx context.Context, views pages.Views) templ.Component {
	return views.Around(s.Page(ctx), s.Draw(views))
}

// Page is what the layout around the state is given, in the language that ctx carries.
func (s State) Page(ctx context.Context) props.Page {
	locale, title := locales.From(ctx), s.Props.Title().In(ctx)
	for _, f := range s.Forms() {
		if f.Invalid() {
			title = locales.T(ctx, "Error: %s", s.Props.Title().In(ctx))
		}
	}
	page := s.page
	page.Title, page.Lang, page.Dir = title+" · "+page.AppName, locale.Tag(), locale.Dir()
	return page
}

// Forms are the forms of the state, in their order.
func (s State) Forms() []form.Form { return formsIn(reflect.ValueOf(s.Props)) }

func formsIn(v reflect.Value) (found []form.Form) {
	switch f, ok := reflect.TypeAssert[form.Form](v); {
	case ok:
		return []form.Form{f}
	case v.Kind() == reflect.Struct:
		for field, value := range v.Fields() {
			if field.IsExported() {
				found = append(found, formsIn(value)...)
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			found = append(found, formsIn(v.Index(i))...)
		}
	}
	return found
}
