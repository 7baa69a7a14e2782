package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// LastSerial is the highest serial of a business date.
const LastSerial = 9999

var (
	// ErrSerials: all serials of the business date have been given.
	ErrSerials = errors.New("all 9999 voucher numbers of this business date are used")
	// ErrReserved: the serial is not reserved, or was filed or burnt before.
	ErrReserved = errors.New("the voucher number is not reserved")
)

// Reserve takes the next serial of the business date (2006-01-02), 1 to 9999,
// durably: it is never given again. A reserved serial ends in File or Burn.
// Errors: ErrFull, ErrClock, ErrSerials.
func (o *Outbox) Reserve(ctx context.Context, business string) (serial int, err error) {
	if err := checkBusiness(business); err != nil {
		return 0, fmt.Errorf("reserving a number: %w", err)
	}
	if err := o.s.room(); err != nil {
		return 0, fmt.Errorf("reserving a number of %s: %w", business, err)
	}
	err = o.s.update(ctx, func(t *tx) error {
		if _, err := t.clock(); err != nil {
			return err
		}
		last, err := t.lastSerial(business)
		if err != nil {
			return err
		}
		if last >= LastSerial {
			return ErrSerials
		}
		t.layAhead()
		serial = last + 1
		if err := t.put(bucketSerials, []byte(business), binary.BigEndian.AppendUint16(nil, uint16(serial))); err != nil {
			return err
		}
		return t.put(bucketReserved, reservation(business, serial), nil)
	})
	if err != nil {
		return 0, fmt.Errorf("reserving a number of %s: %w", business, err)
	}
	return serial, nil
}

// Burn logs that a reserved serial will not be used; ErrReserved when it is not
// reserved. The entry's detail gets the business date and the serial.
func (o *Outbox) Burn(ctx context.Context, business string, serial int, e Entry) error {
	err := o.s.update(ctx, func(t *tx) error { return t.burn(business, serial, e) })
	if err != nil {
		return fmt.Errorf("burning number %d of %s: %w", serial, business, err)
	}
	return nil
}

func (t *tx) burn(business string, serial int, e Entry) error {
	if err := t.release(business, serial); err != nil {
		return err
	}
	_, err := t.log(e.with("burn", "ok", Item{}, map[string]string{
		"business": business, "serial": fmt.Sprintf("%04d", serial),
	}))
	return err
}

// release ends a reservation.
func (t *tx) release(business string, serial int) error {
	if serial < 1 || serial > LastSerial || !t.has(bucketReserved, reservation(business, serial)) {
		return fmt.Errorf("%w: %d of %s", ErrReserved, serial, business)
	}
	return t.del(bucketReserved, reservation(business, serial))
}

// burnOutstanding burns what an earlier run of the program left reserved.
func (s *Store) burnOutstanding(ctx context.Context) error {
	var left [][]byte
	err := s.view(ctx, func(t *tx) error {
		return t.each(bucketReserved, func(key, _ []byte) error {
			if len(key) <= 2 {
				return fmt.Errorf("%w: a reservation", ErrDamaged)
			}
			left = append(left, append([]byte(nil), key...))
			return nil
		})
	})
	if err != nil || len(left) == 0 {
		return err
	}
	err = s.update(ctx, func(t *tx) error {
		for _, key := range left {
			business, serial := string(key[:len(key)-2]), binary.BigEndian.Uint16(key[len(key)-2:])
			if err := t.burn(business, int(serial), Entry{Detail: map[string]string{
				"reason": "reserved and not filed when the program ended",
			}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("burning numbers that were never filed: %w", err)
	}
	return nil
}

func (t *tx) lastSerial(business string) (int, error) {
	raw, err := t.get(bucketSerials, []byte(business))
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err == nil && len(raw) != 2 {
		err = fmt.Errorf("%w: the serial of %s", ErrDamaged, business)
	}
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint16(raw)), nil
}

// raiseSerial takes the serials of a date up to n as given; it never lowers.
func (t *tx) raiseSerial(business string, n int) error {
	last, err := t.lastSerial(business)
	if err != nil || n <= last {
		return err
	}
	return t.put(bucketSerials, []byte(business), binary.BigEndian.AppendUint16(nil, uint16(n)))
}

func reservation(business string, serial int) []byte {
	return binary.BigEndian.AppendUint16([]byte(business), uint16(serial))
}
