package sign_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
)

// finding is a way to make a problem.
type finding struct {
	code, text string // of the problem, in English
	want       sign.Verdict
	make       func(t *testing.T, h hall, o *sign.Options) []byte
}

// plain is a finding about a file that needs no options.
func plain(code, text string, want sign.Verdict, make func(t *testing.T, h hall) []byte) finding {
	return finding{code, text, want, func(t *testing.T, h hall, _ *sign.Options) []byte { return make(t, h) }}
}

// catalogued is a page whose catalogue has more in it; objects are added behind.
func catalogued(t *testing.T, change func(w *pdf.Writer, catalog, trailer pdf.Dict)) []byte {
	t.Helper()
	f, err := pdf.Parse(page(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	w := pdf.NewUpdate(f)
	catalog, trailer := dictOf(t, f, f.Trailer()["Root"]), dictOf(t, f, f.Trailer())
	change(w, catalog, trailer)
	w.Put(f.Trailer()["Root"].(pdf.Ref), catalog)
	return closed(t, w, trailer)
}

func certified(t *testing.T, h hall, in []byte) []byte {
	t.Helper()
	out, err := sign.Sign(context.Background(), in, field(), h.key, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// structural are findings about the file before any signature is looked at.
func structural() []finding {
	return []finding{
		plain("not-pdf", "not a PDF", sign.Error, func(*testing.T, hall) []byte { return []byte("MZ") }),
		plain("structure", "structure is not sound", sign.Error, func(t *testing.T, _ hall) []byte { return page(t, "x")[:99] }),
		plain("structure", "structure is not sound", sign.Invalid, func(t *testing.T, h hall) []byte {
			return bytes.Replace(signed(t, h.bench), []byte("startxref"), []byte("startxxxx"), -1)
		}),
		plain("structure", "no document catalogue", sign.Invalid, func(t *testing.T, _ hall) []byte {
			return bytes.Replace(page(t, "x"), []byte("/Root 1 0 R"), []byte("/Root 9 0 R"), 1)
		}),
		plain("structure", "a field cannot be read", sign.Invalid, func(t *testing.T, _ hall) []byte {
			return catalogued(t, func(_ *pdf.Writer, c, _ pdf.Dict) { c["AcroForm"] = pdf.Dict{"Fields": pdf.Array{pdf.Ref{Num: 99}}} })
		}),
		plain("structure", "nested too deeply", sign.Invalid, func(t *testing.T, _ hall) []byte {
			return catalogued(t, func(w *pdf.Writer, c, _ pdf.Dict) {
				r := w.Alloc()
				w.Put(r, pdf.Dict{"T": pdf.String("a"), "Kids": pdf.Array{r}})
				c["AcroForm"] = pdf.Dict{"Fields": pdf.Array{r}}
			})
		}),
		plain("structure", "has no signature dictionary", sign.Invalid, func(t *testing.T, _ hall) []byte {
			return catalogued(t, func(w *pdf.Writer, c, _ pdf.Dict) {
				r := w.Alloc()
				w.Put(r, pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("a"), "V": pdf.String("me")})
				c["AcroForm"] = pdf.Dict{"Fields": pdf.Array{r}}
			})
		}),
		plain("encrypted", "encrypted", sign.Error, func(t *testing.T, _ hall) []byte {
			return catalogued(t, func(_ *pdf.Writer, _, tr pdf.Dict) { tr["Encrypt"] = pdf.Dict{"Filter": pdf.Name("Standard")} })
		}),
		plain("unsigned", "not signed", sign.Unsigned, func(t *testing.T, _ hall) []byte { return page(t, "x") }),
		plain("shared-signature", "share one signature", sign.Invalid, func(t *testing.T, h hall) []byte {
			return update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
				r, _ := sigOf(t, f)
				c := dictOf(t, f, f.Trailer()["Root"])
				form := dictOf(t, f, c["AcroForm"])
				second := w.Alloc()
				w.Put(second, pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("b"), "V": r})
				form["Fields"] = append(append(pdf.Array{}, form["Fields"].(pdf.Array)...), second)
				c["AcroForm"] = form
				w.Put(f.Trailer()["Root"].(pdf.Ref), c)
			})(t, h.bench, signed(t, h.bench))
		}),
		plain("stray-signature", "signature of no field", sign.Invalid, func(t *testing.T, h hall) []byte {
			return update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
				_, d := sigOf(t, f)
				w.Put(w.Alloc(), d)
			})(t, h.bench, signed(t, h.bench))
		}),
		plain("perms", "points to no signature", sign.Invalid, func(t *testing.T, _ hall) []byte {
			return catalogued(t, func(_ *pdf.Writer, c, _ pdf.Dict) { c["Perms"] = pdf.Dict{"DocMDP": pdf.Ref{Num: 4}} })
		}),
		plain("dss", "validation data are not sound", sign.Invalid, func(t *testing.T, h hall) []byte {
			return certified(t, h, catalogued(t, func(_ *pdf.Writer, c, _ pdf.Dict) { c["DSS"] = pdf.Dict{"Certs": pdf.Array{pdf.Ref{Num: 4}}} }))
		}),
		plain("trailing", "follow the end", sign.Invalid, func(t *testing.T, h hall) []byte { return append(signed(t, h.bench), "more"...) }),
		plain("later-changes", "bytes follow the signed ones", sign.Invalid, func(t *testing.T, h hall) []byte { return append(signed(t, h.bench), "\n\n"...) }),
		plain("later-changes", "object 4 is changed", sign.Invalid, func(t *testing.T, h hall) []byte {
			return replace(map[int]pdf.Object{4: stream("BT ET")})(t, h.bench, signed(t, h.bench))
		}),
		plain("loose-bytes", "bytes of no object", sign.Valid, func(t *testing.T, h hall) []byte {
			in := page(t, "x")
			at := bytes.Index(in, []byte("xref\n"))
			loose := "(of nobody)\n"
			in = bytes.Replace(in, []byte("xref\n"), []byte(loose+"xref\n"), 1)
			return certified(t, h, bytes.Replace(in, startxref(at), startxref(at+len(loose)), 1))
		}),
	}
}

func startxref(n int) []byte { return []byte("startxref\n" + big.NewInt(int64(n)).String() + "\n") }

// inBag adds a certificate to those of a signature, which no signature covers.
func inBag(t *testing.T, file, cert []byte) []byte {
	t.Helper()
	cms, err := sign.CMSOf(file)
	if err != nil {
		t.Fatal(err)
	}
	if cms, err = bagged(cms, cert); err != nil {
		t.Fatal(err)
	}
	out, err := sign.PutCMS(file, cms)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func bagged(cms, cert []byte) ([]byte, error) {
	return sign.Rewrite(cms, func(e *sign.Envelope, _ *sign.SignerInfo) {
		e.Certs = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: append(bytes.Clone(e.Certs.Bytes), cert...)}
	})
}

// stampedWith is a B-T file whose time stamp holds one certificate more.
func stampedWith(t *testing.T, h hall, cert []byte) []byte {
	t.Helper()
	file, err := sign.Sign(context.Background(), page(t, "x"), field(), h.key, 8000)
	if err != nil {
		t.Fatal(err)
	}
	cms, err := sign.CMSOf(h.augment(t, file, sign.LevelT))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sign.Rewrite(cms, func(_ *sign.Envelope, info *sign.SignerInfo) {
		token, err := bagged(tokenIn(t, info.Unsigned.FullBytes), cert)
		if err != nil {
			t.Fatal(err)
		}
		if file, err = sign.Inject(file, token); err != nil {
			t.Fatal(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return file
}

// oddCertificate has version 9, which Go does not read.
func oddCertificate(t *testing.T, der []byte) []byte {
	t.Helper()
	version := []byte{0xa0, 3, 2, 1, 2}
	if !bytes.Contains(der, version) {
		t.Fatal("no version")
	}
	return bytes.Replace(der, version, []byte{0xa0, 3, 2, 1, 9}, 1)
}

// trusting are findings about signatures and their certificates.
func trusting() []finding {
	const year = 365 * 24 * time.Hour
	later := func(at time.Duration) func(*sign.Options) { return func(o *sign.Options) { o.At = now.Add(at) } }
	with := func(code, text string, change func(*sign.Options), level sign.Level) finding {
		return finding{code, text, sign.Untrusted, func(t *testing.T, h hall, o *sign.Options) []byte {
			out := h.augment(t, signed(t, h.bench), level)
			change(o)
			return out
		}}
	}
	return []finding{
		plain("weak-algorithm", "can forge it", sign.Untrusted, weaklySigned),
		plain("byte-range", "does not cover", sign.Invalid, func(t *testing.T, h hall) []byte {
			return bytes.Replace(signed(t, h.bench), []byte("/ByteRange [0 "), []byte("/ByteRange [1 "), 1)
		}),
		plain("signature", "content is not what was signed", sign.Invalid, func(t *testing.T, h hall) []byte {
			return bytes.Replace(signed(t, h.bench), []byte("(128000.50)"), []byte("(928000.50)"), 1)
		}),
		plain("lock", "locks other fields", sign.Invalid, func(t *testing.T, h hall) []byte {
			out, err := sign.CoSign(counter(t, h.bench), sign.Field{Name: "Supervisor", Time: now}, h.key, func(_ *pdf.File, _ *pdf.Writer, _, sig pdf.Dict) {
				sig["Reference"] = pdf.Array{pdf.Dict{"TransformMethod": pdf.Name("FieldMDP"), "TransformParams": pdf.Dict{"Action": pdf.Name("Include")}}}
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}),
		plain("covers-text", "over text that was signed before", sign.Untrusted, func(t *testing.T, h hall) []byte {
			out, err := sign.SignOver(approved(t, h.bench), sign.Field{Name: "Second", Rect: [4]float64{5, 45, 150, 75}, Time: now}, h.key, "0 0 9 9 re f", nil)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}),
		with("chain", "no trusted root", func(o *sign.Options) { o.Roots, o.TSARoots = nil, nil }, sign.LevelB),
		with("chain", "has expired", later(2*year), sign.LevelB),
		with("chain", "not yet valid", later(-2*time.Minute), sign.LevelB),
		with("timestamp-untrusted", "no given root vouches", func(o *sign.Options) { o.TSARoots = o.Roots }, sign.LevelT),
		with("timestamp-future", "one of the clocks is wrong", later(-time.Hour), sign.LevelT),
		{"timestamp-untrusted", "without its certificate", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			file := signed(t, h.bench)
			cms, err := sign.CMSOf(h.augment(t, file, sign.LevelT))
			if err != nil {
				t.Fatal(err)
			}
			bare, err := sign.Rewrite(cms, func(_ *sign.Envelope, info *sign.SignerInfo) {
				token, err := sign.WithoutCertificates(tokenIn(t, info.Unsigned.FullBytes))
				if err != nil {
					t.Fatal(err)
				}
				if file, err = sign.Inject(file, token); err != nil {
					t.Fatal(err)
				}
			})
			if err != nil || bare == nil {
				t.Fatal(err)
			}
			return file
		}},
		{"revoked", "was revoked by", sign.Untrusted, func(t *testing.T, h hall, o *sign.Options) []byte {
			o.CRLs = []*x509.RevocationList{h.crl(t, h.ca, map[*big.Int]time.Time{h.key.Chain()[0].SerialNumber: now.Add(-time.Hour)})}
			return signed(t, h.bench)
		}},
		{"revoked", "time stamp's certificate is revoked", sign.Untrusted, func(t *testing.T, h hall, o *sign.Options) []byte {
			o.CRLs = []*x509.RevocationList{h.crl(t, h.stampCA, map[*big.Int]time.Time{h.tsa.Key.Chain()[0].SerialNumber: now.Add(-time.Hour)})}
			return h.augment(t, signed(t, h.bench), sign.LevelT)
		}},
	}
}

// certifying are findings about certificates, claimed times and what nothing covers.
func certifying() []finding {
	const year = 365 * 24 * time.Hour
	signedAt := func(code, text string, want sign.Verdict, at time.Duration, m string, level sign.Level) finding {
		return finding{code, text, want, func(t *testing.T, h hall, o *sign.Options) []byte {
			f := field()
			f.Certify, f.Prepare = 2, []sign.Field{{Name: "Supervisor"}}
			out, err := sign.Sign(context.Background(), page(t, "x"), f, h.key, 0)
			if err != nil {
				t.Fatal(err)
			}
			if out, err = sign.CoSign(out, sign.Field{Name: "Supervisor", Time: now}, h.key, func(_ *pdf.File, _ *pdf.Writer, _, sig pdf.Dict) {
				sig["M"] = pdf.String(m)
				sig["Contents"] = pdf.Verbatim("<" + strings.Repeat("0", 2*sign.Room(h.key)) + ">")
			}); err != nil {
				t.Fatal(err)
			}
			o.At = now.Add(at)
			return out
		}}
	}
	return []finding{
		{"key-usage", "key usage is not for signing", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			key, err := h.ca.IssueWith("ciphers", h.key.Signer, now.Add(-time.Hour), now.Add(year), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })
			if err != nil {
				t.Fatal(err)
			}
			out, err := sign.Sign(context.Background(), page(t, "x"), field(), key, 0)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}},
		{"stray-certificate", "signature holds a certificate that belongs to no chain", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			return inBag(t, signed(t, h.bench), newBench(t).key.Chain()[0].Raw)
		}},
		{"stray-certificate", "signature holds a certificate or revocation list that cannot be read", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			return inBag(t, signed(t, h.bench), oddCertificate(t, h.key.Chain()[0].Raw))
		}},
		{"stray-certificate", "time stamp holds a certificate that belongs to no chain", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			return stampedWith(t, h, newBench(t).key.Chain()[0].Raw)
		}},
		{"stray-certificate", "time stamp holds a certificate or revocation list that cannot be read", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			return stampedWith(t, h, oddCertificate(t, h.key.Chain()[0].Raw))
		}},
		signedAt("claimed-time", "after the moment of judgement", sign.Valid, 2*time.Minute, "D:20260318180000+08'00'", sign.LevelB),
		signedAt("claimed-time", "not valid at the claimed time", sign.Valid, 2*time.Minute, "D:20200318140532+08'00'", sign.LevelB),
		{"claimed-time", "after the time stamp", sign.Valid, func(t *testing.T, h hall, o *sign.Options) []byte {
			f := field()
			f.Time = now.Add(3 * time.Hour)
			out, err := sign.Sign(context.Background(), page(t, "x"), f, h.key, 0)
			if err != nil {
				t.Fatal(err)
			}
			o.At = now.Add(4 * time.Hour)
			return h.augment(t, out, sign.LevelT)
		}},
		{"unsealed-update", "no signature covers", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			out := h.augment(t, signed(t, h.bench), sign.LevelLT)
			return bytes.Replace(out, []byte("/Type /DSS>>\nendobj"), []byte("/Type /DSS>>\rendobj"), 1)
		}},
		{"dss-stray", "nobody known issued", sign.Untrusted, func(t *testing.T, h hall, _ *sign.Options) []byte {
			return withStore(t, h, func(w *pdf.Writer, d pdf.Dict) {
				r := w.Alloc()
				w.Put(r, &pdf.Stream{Dict: pdf.Dict{}, Raw: newBench(t).key.Chain()[0].Raw})
				d["Certs"] = pdf.Array{r}
			})
		}},
	}
}

// tokenIn takes the token out of the unsigned attributes of a signer.
func tokenIn(t *testing.T, attrs []byte) []byte {
	t.Helper()
	at := bytes.Index(attrs, []byte{0x31, 0x82}) // the SET OF ContentInfo
	if at < 0 {
		t.Fatal("no token")
	}
	return attrs[at+4:]
}

// TestProblems makes every problem that Verify can tell of, and holds what the
// law's conditions say then.
func TestProblems(t *testing.T) {
	h := newHall(t)
	made := map[string]bool{}
	for _, f := range slices.Concat(structural(), trusting(), certifying()) {
		t.Run(f.code+": "+f.text, func(t *testing.T) {
			o := h.options()
			r := sign.Verify(f.make(t, h, &o), o)
			made[f.code] = true
			at := slices.IndexFunc(r.Problems, func(p sign.Problem) bool { return p.Code == f.code && strings.Contains(p.Text, f.text) })
			if at < 0 || r.Verdict != f.want {
				t.Fatalf("%s %v; want %s", r.Verdict, r.Problems, f.want)
			}
			zh, en, two := strings.Cut(r.Problems[at].Text, " / ")
			if !two || !strings.ContainsFunc(zh, func(c rune) bool { return c >= 0x4E00 }) || en == "" {
				t.Errorf("not in both languages: %q", r.Problems[at].Text)
			}
			law := r.Law
			switch f.want {
			case sign.Valid:
				if law.SignatureIntact != sign.Proven || law.Exclusive != sign.Claimed {
					t.Errorf("%+v", law)
				}
			case sign.Invalid:
				if law.ContentIntact != sign.Broken || law.Exclusive != sign.NotProvable {
					t.Errorf("%+v", law)
				}
			case sign.Untrusted:
				content := sign.Proven
				if f.code == "weak-algorithm" || f.code == "covers-text" {
					content = sign.NotProvable
				}
				if law.ContentIntact != content || law.Control != sign.NotProvable {
					t.Errorf("%+v", law)
				}
			default:
				if law != (sign.Law{Exclusive: sign.NotProvable, Control: sign.NotProvable, SignatureIntact: sign.NotProvable, ContentIntact: sign.NotProvable}) {
					t.Errorf("%+v", law)
				}
			}
		})
	}
	for _, code := range codesInSource(t) {
		if !made[code] {
			t.Errorf("no test makes the problem %s", code)
		}
	}
}

// codesInSource are the codes that the package's source names.
func codesInSource(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\.problem\("([a-z-]+)"`).FindAllSubmatch(b, -1) {
			out = append(out, string(m[1]))
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d codes found", len(out))
	}
	return out
}
