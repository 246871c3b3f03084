module github.com/gatehouse-go/gatehouse/e2e

go 1.26.0

replace github.com/gatehouse-go/gatehouse => ../

require (
	github.com/chromedp/cdproto v0.159.0 // indirect
	github.com/chromedp/chromedp v0.23.0 // indirect
	github.com/gatehouse-go/gatehouse v0.0.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
)
