package app

import "testing"

// Whoever looks through the gallery sees every mail that a site may leave unsent.
func TestEveryNoticeIsInTheGallery(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{
		"register.welcome": true, "invite.accepted": true, // mails of their own, among the states of pages
	}
	for _, n := range new(App).everyNotice() {
		if _, known := notices[n.kind]; !known || shown[n.kind] || n.subject.IsZero() || n.title.IsZero() || n.what.IsZero() {
			t.Errorf("%+v is shown twice, or no notice", n)
		}
		shown[n.kind] = true
	}
	for kind := range notices {
		if !shown[kind] {
			t.Errorf("%s is not in the gallery", kind)
		}
	}
}
