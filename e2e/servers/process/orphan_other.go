//go:build unix && !linux

package process

import (
	"os/exec"
	"syscall"
)

// signalOrphan prepares cmd only: no portable call ties a child to its parent.
func signalOrphan(cmd *exec.Cmd, _ syscall.Signal) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
}
