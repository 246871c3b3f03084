package app

import (
	"github.com/mileusna/useragent"

	"github.com/gatehouse-go/gatehouse/locales"
)

var (
	browserOn      = locales.Message{Code: "browser.on", English: "%s on %s"}
	browserAlone   = locales.Message{Code: "browser.alone", English: "%s"}
	browserUnknown = locales.Message{Code: "browser.unknown", English: "an unknown browser"}
)

// browsers and systems are those that are called by their names. Whatever else a browser says of
// itself anybody can have written, and does not get into a mail that way.
var (
	browsers = map[string]string{
		useragent.Chrome: "Chrome", useragent.HeadlessChrome: "Chrome", useragent.Firefox: "Firefox", useragent.Safari: "Safari",
		useragent.MobileSafari: "Safari", useragent.Edge: "Edge", useragent.Opera: "Opera", useragent.OperaMini: "Opera",
		useragent.OperaTouch: "Opera", useragent.Vivaldi: "Vivaldi", useragent.SamsungBrowser: "Samsung Internet",
	}
	systems = map[string]string{
		useragent.Windows: "Windows", useragent.MacOS: "macOS", useragent.Linux: "Linux", useragent.FreeBSD: "FreeBSD",
		useragent.Android: "Android", useragent.IOS: "iOS", useragent.ChromeOS: "ChromeOS", useragent.CrOS: "ChromeOS",
	}
)

// browser is what a person calls the browser that says this of itself.
func browser(agent string) locales.Message {
	said := useragent.Parse(agent)
	name, system := browsers[said.Name], systems[said.OS]
	switch {
	case name == "":
		return browserUnknown
	case system == "":
		return browserAlone.With(name)
	}
	return browserOn.With(name, system)
}
