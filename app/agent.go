package app

import "strings"

// Browsers name each other in what they call themselves, so the order counts.
var (
	browsers = [][2]string{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Vivaldi", "Vivaldi"},
		{"FxiOS", "Firefox"},
		{"Firefox", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome", "Chrome"},
		{"Chromium", "Chromium"},
		{"Safari", "Safari"},
		{"curl/", "curl"},
	}
	systems = [][2]string{
		{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Android", "Android"}, {"Linux", "Linux"},
	}
)

// browserOf is what people call a browser and the system that it runs on, each "" where what it
// calls itself does not tell. It is for people to recognise their own: anybody can claim anything.
func browserOf(agent string) (browser, system string) {
	return firstIn(agent, browsers), firstIn(agent, systems)
}

func firstIn(agent string, names [][2]string) string {
	for _, name := range names {
		if strings.Contains(agent, name[0]) {
			return name[1]
		}
	}
	return ""
}
