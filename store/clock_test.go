package store

import (
	"testing"
	"time"
)

// The clock is compared as an instant, with a tolerance, and what is logged never
// goes back within it.
func TestClockBehindTheLog(t *testing.T) {
	clock := newClock()
	s := open(t, t.TempDir(), clock.now)
	first := clock.t
	file(t, s, document(1, 100))
	for _, c := range []struct {
		name string
		at   time.Time
		want error
		time time.Time // of the entry that is logged then
	}{
		{"the same instant", first, nil, first},
		{"a second behind", first.Add(-time.Second), nil, first},
		{"as far as is tolerated", first.Add(-ClockTolerance), nil, first},
		{"a little more", first.Add(-ClockTolerance - time.Nanosecond), ErrClock, first.Add(-ClockTolerance - time.Nanosecond)},
		{"a day behind", first.AddDate(0, 0, -1), ErrClock, first.AddDate(0, 0, -1)},
		{"the same instant in another zone", first.UTC(), nil, first},
		{"half a year of daylight saving on", first.In(time.FixedZone("CDT", 9*3600)), nil, first},
		{"a second later", first.Add(time.Second), nil, first.Add(time.Second)},
	} {
		clock.t = c.at
		if err := s.Ready(ctx); c.want == nil && err != nil || c.want != nil {
			wantErr(t, c.name+": Ready", err, c.want)
		}
		serial, err := s.Outbox().Reserve(ctx, day)
		if c.want != nil {
			wantErr(t, c.name+": Reserve", err, c.want)
		} else if err != nil {
			t.Errorf("%s: Reserve: %v", c.name, err)
		} else if err := s.Outbox().Burn(ctx, day, serial, Entry{}); err != nil {
			t.Errorf("%s: Burn: %v", c.name, err)
		}
		// What happened is logged all the same, with the time that was believed.
		if err := s.Audit().Append(ctx, Entry{Action: "login"}); err != nil {
			t.Errorf("%s: Append: %v", c.name, err)
		}
		all, err := s.Audit().All(ctx)
		if err != nil || !all[len(all)-1].Time.Equal(c.time) {
			t.Errorf("%s: logged at %v, %v, want %v", c.name, all[len(all)-1].Time, err, c.time)
		}
	}
	verify(t, s)
}

// A customer who has signed while the clock was put back: nothing is filed with a
// time that was not, and the number stays reserved until the clock is right.
func TestFilingWithTheClockPutBack(t *testing.T) {
	clock := newClock()
	s := open(t, t.TempDir(), clock.now)
	good := clock.t
	sent := inState(t, s, Sent)
	serial, err := s.Outbox().Reserve(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	clock.t = good.Add(-time.Hour)
	_, err = s.Outbox().File(ctx, item(serial), serial, []byte("%PDF"), Entry{})
	wantErr(t, "File", err, ErrClock)
	_, err = s.Outbox().Adopt(ctx, Filing{Item: item(500), Serial: 500, PDF: []byte("%PDF")})
	wantErr(t, "Adopt", err, ErrClock)
	_, err = s.Outbox().Renew(ctx, sent.ID, []byte("%PDF renewed"), Entry{})
	wantErr(t, "Renew", err, ErrClock)
	if n, err := s.Outbox().Reserve(ctx, day); err == nil {
		t.Errorf("the number %d was given", n)
	}
	// Uploads go on: they are not dated by a person.
	sent.State = Verified
	if err := s.Outbox().Move(ctx, sent, Entry{}); err != nil {
		t.Errorf("Move: %v", err)
	}
	clock.t = good
	if _, err := s.Outbox().File(ctx, item(serial), serial, []byte("%PDF"), Entry{}); err != nil {
		t.Errorf("with the clock put right: %v", err)
	}
	if n, err := s.Outbox().Reserve(ctx, day); err != nil || n != serial+1 {
		t.Errorf("the next number is %d, %v, want %d", n, err, serial+1)
	}
}

// Ids follow the order of filing within a millisecond and over a step back that is
// tolerated.
func TestClockThatStandsOrStepsBack(t *testing.T) {
	clock := newClock()
	s := open(t, t.TempDir(), clock.now)
	last := ""
	for i := range 40 {
		it, _ := file(t, s, document(uint64(i), 50))
		if it.ID <= last {
			t.Fatalf("id %s after %s", it.ID, last)
		}
		last = it.ID
		if i%10 == 9 {
			clock.t = clock.t.Add(-time.Second / 4)
		}
	}
}
