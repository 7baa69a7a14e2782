//go:build !windows

package machinekey

import (
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxtpm"
)

// openTPM uses the kernel's resource manager, so that others may use the TPM too.
func openTPM() (transport.TPMCloser, error) { return linuxtpm.Open("/dev/tpmrm0") }
