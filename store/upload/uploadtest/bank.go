package uploadtest

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Bank is an S3 server made of memory: one bucket, the few calls that an archive
// needs, honest checks of digests, and every way to fail that servers have. The
// zero Faults is a good server.
type Bank struct {
	*httptest.Server

	mu       sync.Mutex // guards what follows
	objects  map[string]stored
	faults   Faults
	random   *rand.Rand
	message  string
	requests int
	puts     map[string]int // successful first writes of a key
}

type stored struct {
	data []byte
	sum  string // x-amz-checksum-sha256 as it was sent
	at   time.Time
}

// Faults of a Bank. Shares are from 0 to 1, of all requests; what is left over is
// answered well.
type Faults struct {
	Reset  float64 // the connection breaks before anything is stored
	Error  float64 // 500, 502, 503 or 504, nothing is stored
	Lose   float64 // it is stored, and the answer is lost
	Forget float64 // 200, and nothing is stored
	Lie    float64 // HEAD says it is there, with the right size and digest, and it is not; of HEAD requests only
	Twice  float64 // the request is carried out twice before it is answered
	Slow   time.Duration
	// Part, if set, spares all keys that do not contain it.
	Part string
	// Status, if set, is the answer to each PUT.
	Status int
	// Code goes with Status.
	Code string
	// BadETag answers PUT with the ETag of something else, NoETag with none.
	BadETag, NoETag bool
	// Missing, if set, is the code of 404 to each GET; "-" is a page that is no XML.
	Missing string
	// NoConditions ignores If-None-Match, as Ceph 16 does on versioned buckets.
	NoConditions bool
	// NoDigests takes wrong SHA-256 digests.
	NoDigests bool
	// Drop keeps the digests of objects only: for floods.
	Drop bool
	// Ahead is how far the bank's clock is ahead; it refuses requests that are
	// signed more than 15 minutes off.
	Ahead time.Duration
}

// NewBank starts one; it ends with the test.
func NewBank(t testing.TB, f Faults) *Bank {
	b := &Bank{objects: map[string]stored{}, faults: f, random: rand.New(rand.NewPCG(3, 4)), puts: map[string]int{}}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

// Set changes the faults.
func (b *Bank) Set(f Faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = f
}

// Say sets the message of errors: servers say what they like.
func (b *Bank) Say(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.message = message
}

// Requests that were made so far.
func (b *Bank) Requests() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests
}

// Objects gives key → bytes.
func (b *Bank) Objects() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string][]byte{}
	for k, o := range b.objects {
		all[k] = o.data
	}
	return all
}

// Drop forgets an object.
func (b *Bank) Drop(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
}

// Age lets time pass for the objects: the bank has had each for longer.
func (b *Bank) Age(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, o := range b.objects {
		o.at = o.at.Add(-d)
		b.objects[key] = o
	}
}

// Replace puts other bytes in the place of an object.
func (b *Bank) Replace(key string, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = stored{data: data, at: b.objects[key].at}
}

// Writes says how often a key was written anew or over.
func (b *Bank) Writes(key string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.puts[key]
}

// ServeHTTP answers one request, well or badly.
func (b *Bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b.mu.Lock()
	b.requests++
	f, luck := b.faults, b.random.Float64()
	if !strings.Contains(r.URL.Path, f.Part) {
		f = Faults{NoConditions: f.NoConditions, NoDigests: f.NoDigests, Drop: f.Drop, Ahead: f.Ahead}
	}
	status := []int{500, 502, 503, 504}[b.random.IntN(4)]
	b.mu.Unlock()
	if f.Slow > 0 {
		time.Sleep(f.Slow)
	}
	w.Header().Set("Date", time.Now().Add(f.Ahead).UTC().Format(http.TimeFormat))
	in := func(share float64) bool {
		hit := luck < share
		luck -= share
		return hit && share > 0
	}
	switch {
	case in(f.Reset):
		panic(http.ErrAbortHandler)
	case in(f.Error):
		fail(w, r, status, "InternalError")
	case in(f.Lose):
		b.answer(httptest.NewRecorder(), r, body, f)
		panic(http.ErrAbortHandler)
	case r.Method == http.MethodPut && in(f.Forget):
		sum := md5.Sum(body)
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	case r.Method == http.MethodHead && in(f.Lie):
		b.lie(w, r)
	case in(f.Twice):
		b.answer(httptest.NewRecorder(), r, body, f)
		b.answer(w, r, body, f)
	default:
		b.answer(w, r, body, f)
	}
}

// lie answers a HEAD as if the object were there: its digest stands in the key.
func (b *Bank) lie(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSuffix(r.URL.Path[strings.LastIndexByte(r.URL.Path, '-')+1:], ".pdf")
	sum, err := hex.DecodeString(name)
	if err != nil {
		fail(w, r, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("x-amz-checksum-sha256", base64.StdEncoding.EncodeToString(sum))
	w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Length", "100000")
}

func (b *Bank) answer(w http.ResponseWriter, r *http.Request, body []byte, f Faults) {
	stamp, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if off := time.Now().Add(f.Ahead).Sub(stamp).Abs(); err != nil || off > 15*time.Minute {
		fail(w, r, http.StatusForbidden, "RequestTimeTooSkewed")
		return
	}
	key, _ := strings.CutPrefix(r.URL.Path, "/"+Bucket+"/")
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case r.Method == http.MethodGet && f.Missing == "-":
		http.Error(w, "<html><h1>Please log in", http.StatusNotFound)
	case r.Method == http.MethodGet && f.Missing != "":
		fail(w, r, http.StatusNotFound, f.Missing)
	case r.Method == http.MethodPut && f.Status != 0:
		failWith(w, r, f.Status, f.Code, b.message)
	case r.Method == http.MethodPut:
		b.put(w, r, key, body, f)
	case r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		b.list(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		b.get(w, r, key)
	default:
		fail(w, r, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (b *Bank) put(w http.ResponseWriter, r *http.Request, key string, body []byte, f Faults) {
	sum, md5sum := sha256.Sum256(body), md5.Sum(body)
	_, there := b.objects[key]
	switch claimed := r.Header.Get("X-Amz-Checksum-Sha256"); {
	case r.Header.Get("Content-Md5") != base64.StdEncoding.EncodeToString(md5sum[:]):
		fail(w, r, http.StatusBadRequest, "BadDigest")
		return
	case !f.NoDigests && claimed != "" && claimed != base64.StdEncoding.EncodeToString(sum[:]):
		fail(w, r, http.StatusBadRequest, "XAmzContentChecksumMismatch")
		return
	case there && !f.NoConditions && r.Header.Get("If-None-Match") == "*":
		fail(w, r, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	if f.Drop {
		body = nil
	}
	b.objects[key] = stored{bytes.Clone(body), r.Header.Get("X-Amz-Checksum-Sha256"), time.Now().Add(f.Ahead)}
	b.puts[key]++
	if f.BadETag {
		md5sum[0] ^= 1
	}
	if !f.NoETag {
		w.Header().Set("ETag", `"`+hex.EncodeToString(md5sum[:])+`"`)
	}
}

func (b *Bank) get(w http.ResponseWriter, r *http.Request, key string) {
	o, there := b.objects[key]
	if !there {
		fail(w, r, http.StatusNotFound, "NoSuchKey")
		return
	}
	sum := md5.Sum(o.data)
	h := w.Header()
	h.Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	h.Set("Last-Modified", o.at.UTC().Format(http.TimeFormat))
	h.Set("Content-Length", fmt.Sprint(len(o.data)))
	if o.sum != "" && r.Header.Get("X-Amz-Checksum-Mode") != "" {
		h.Set("X-Amz-Checksum-Sha256", o.sum)
	}
	if r.Method == http.MethodGet {
		w.Write(o.data)
	}
}

func (b *Bank) list(w http.ResponseWriter, r *http.Request) {
	type content struct {
		Key  string
		Size int
	}
	var page struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated bool
		Contents    []content
	}
	q := r.URL.Query()
	var keys []string
	for k := range b.objects {
		if strings.HasPrefix(k, q.Get("prefix")) && k > q.Get("start-after") {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	const most = 100 // small, so that tests see several pages
	page.IsTruncated = len(keys) > most
	for _, k := range keys[:min(len(keys), most)] {
		page.Contents = append(page.Contents, content{k, len(b.objects[k].data)})
	}
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(page)
}

func fail(w http.ResponseWriter, r *http.Request, status int, code string) {
	failWith(w, r, status, code, "a test")
}

func failWith(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
	}
}
