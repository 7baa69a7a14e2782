package upload_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// A real TLS server that demands a client certificate: the good one gets in, each
// other one is told why in a sentence of its own, nothing is sent, the rows stay
// READY, and all goes out once the certificate is mended.
func TestClientCertificate(t *testing.T) {
	head, stranger := uploadtest.NewAuthority(t, "head office"), uploadtest.NewAuthority(t, "somebody")
	namesake := uploadtest.NewAuthority(t, "head office") // same name, another key
	tomorrow, yesterday := time.Now().Add(24*time.Hour), time.Now().Add(-time.Hour)
	good := head.Issue(t, tomorrow)
	for _, c := range []struct {
		name   string
		client []tls.Certificate
		server tls.Certificate
		words  string // in the row
		zh, en string // of the sentence for a person
	}{
		{"good", []tls.Certificate{good}, good, "", "", ""},
		{"good among others", []tls.Certificate{stranger.Issue(t, tomorrow), good}, good, "", "", ""},
		{"none", nil, good, "none is configured", "尚未设置", "none is configured"},
		{"of another authority", []tls.Certificate{stranger.Issue(t, tomorrow)}, good, "other authorities", "不认可签发", "does not know the authority"},
		{"expired", []tls.Certificate{head.Issue(t, yesterday)}, good, yesterday.UTC().Format(time.DateOnly), "有效期", "not valid today"},
		{"of a namesake", []tls.Certificate{namesake.Issue(t, tomorrow)}, good, "", "", "turns"},
		{"server of another authority", []tls.Certificate{good}, stranger.Issue(t, tomorrow), "not of a trusted authority", "冒充", "pose as the archive"},
		{"server expired", []tls.Certificate{good}, head.Issue(t, yesterday), "not of a trusted authority", "冒充", "pose as the archive"},
	} {
		for name, version := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				b := uploadtest.NewBank(t, uploadtest.Faults{})
				url := uploadtest.Door(t, b, c.server, head, version)
				archive := func(certs []tls.Certificate) *upload.S3 {
					return newS3(t, url, func(o *upload.S3Options) {
						o.TLS = &tls.Config{RootCAs: head.Pool(), Certificates: certs}
					})
				}
				o := newOffice(t, archive(c.client))
				o.file(t, 40)
				if c.en == "" {
					if r := o.once(t); r.Sent != 40 {
						t.Errorf("%+v", r)
					}
					holds(t, o, b.Objects())
					return
				}
				shutOut(t, o, b, c.words)
				_, err := o.Sender.(upload.Archive).Probe(ctx)
				if zh, en, ok := upload.Explain(err); !ok || c.zh != "" && (!strings.Contains(zh, c.zh) || !strings.Contains(en, c.en)) {
					t.Errorf("%v is explained as %s %s", err, zh, en)
				}
				if c.zh != "" && !errors.Is(err, upload.ErrCertificate) {
					t.Errorf("a probe: %v", err)
				}
				if strings.HasPrefix(c.name, "server") {
					return
				}
				o.Sender = archive([]tls.Certificate{good})
				if r := o.once(t); r.Sent != 40 {
					t.Errorf("with the good certificate: %+v", r)
				}
				holds(t, o, b.Objects())
			})
		}
	}
}

// shutOut runs a round that gets nowhere.
func shutOut(t *testing.T, o *office, b *uploadtest.Bank, words string) {
	t.Helper()
	if r := o.once(t); r.Failed != 40 || r.Sent != 0 {
		t.Errorf("%+v", r)
	}
	if n := b.Requests(); n != 0 {
		t.Errorf("%d requests came through the door", n)
	}
	all, err := o.s.Outbox().List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, it := range all {
		if tried += it.Tries; it.Tries == 0 {
			continue
		}
		if it.State != store.Ready || it.Fault != store.FaultUnreachable || !strings.Contains(it.Error, words) {
			t.Errorf("%s %q %q", it.State, it.Fault, it.Error)
		}
	}
	if tried == 0 || tried == 40 {
		t.Errorf("%d of 40 were tried before the round ended", tried)
	}
}
