package upload

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7/pkg/signer"

	"moqian/store"
)

// Our signatures are those of minio-go, for the time that it took.
func TestSignatures(t *testing.T) {
	for _, c := range []struct{ method, url, body string }{
		{"GET", "http://127.0.0.1:9/b/01001/x.pdf", ""},
		{"HEAD", "https://archive.example/b/k", ""},
		{"GET", "http://127.0.0.1:9/b/?list-type=2&prefix=a%2Fb&start-after=x%20y", ""},
		{"PUT", "http://127.0.0.1:9/b/01001/x.pdf", "%PDF"},
	} {
		make := func() *http.Request {
			r, err := http.NewRequest(c.method, c.url, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/pdf")
			r.Header.Set("X-Amz-Meta-Note", "a  b")
			return r
		}
		ours := make()
		s := newSigner()
		want := make()
		want.Header.Set(payloadHeader, payload(want))
		want = signer.SignV4(*want, s.access, s.secret, "", s.zone)
		now, err := time.Parse(signTime, want.Header.Get("X-Amz-Date"))
		if err != nil {
			t.Fatal(err)
		}
		s.sign(ours, now)
		if got, want := ours.Header.Get("Authorization"), want.Header.Get("Authorization"); got != want {
			t.Errorf("%s %s:\n%s, want\n%s", c.method, c.url, got, want)
		}
	}
}

func newSigner() *requestSigner {
	return &requestSigner{access: "moqian", secret: "moqiansecret", zone: "us-east-1", now: time.Now}
}

func TestSkewIsLearned(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s := newSigner()
	s.now = func() time.Time { return now }
	for _, c := range []struct{ date, want time.Duration }{
		{0, 0}, {time.Second, 0}, {time.Hour, time.Hour}, {time.Hour + time.Second, time.Hour}, {-24 * time.Hour, -24 * time.Hour}, {0, 0},
	} {
		s.learn(&http.Response{Header: http.Header{"Date": {now.Add(c.date).Format(http.TimeFormat)}}})
		if s.Skew() != c.want {
			t.Errorf("a date %v off: skew %v, want %v", c.date, s.Skew(), c.want)
		}
	}
	s.learn(&http.Response{Header: http.Header{"Date": {"yesterday"}}})
	s.learn(&http.Response{Header: http.Header{}})
	if s.Skew() != 0 {
		t.Errorf("no date: skew %v", s.Skew())
	}
}

func TestGroup(t *testing.T) {
	var mu sync.Mutex
	var got []int
	most := 0
	g := newGroup(context.Background(), 8, 0, func(_ context.Context, all []int) error {
		mu.Lock()
		defer mu.Unlock()
		got, most = append(got, all...), max(most, len(all))
		if slices.Contains(all, 50) {
			return errors.New("fifty")
		}
		return nil
	})
	for i := range 100 {
		g.add(i)
	}
	if err := g.close(); err == nil || err.Error() != "fifty" {
		t.Errorf("close gives %v", err)
	}
	if len(got) != 100 || most > 8 || !slices.IsSorted(got) {
		t.Errorf("%d in groups of at most %d", len(got), most)
	}
}

func TestGroupIsPatient(t *testing.T) {
	g := &group[int]{wait: time.Second}
	for _, c := range []struct{ took, want time.Duration }{
		{0, time.Second}, {200 * time.Millisecond, time.Second}, {time.Second, 4 * time.Second}, {time.Minute, 5 * time.Second},
	} {
		if got := g.patience(c.took); got != c.want {
			t.Errorf("after %v: %v, want %v", c.took, got, c.want)
		}
	}
}

func TestTally(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	todo := make([]store.Item, 10)
	for i := range todo {
		todo[i].Bytes = 1000
	}
	ta := newTally(now, todo)
	if p := ta.progress(now); p.ETA != -1 || p.Total != 10 || p.TotalBytes != 10_000 {
		t.Errorf("at once: %+v", p)
	}
	for range 4 {
		now = now.Add(2 * time.Second)
		ta.add(1000, true)
	}
	ta.add(1000, false)
	if p := ta.progress(now); p.Done != 4 || p.Failed != 1 || p.Rate != 500 || p.ETA != 12*time.Second {
		t.Errorf("%+v", p)
	}
}
