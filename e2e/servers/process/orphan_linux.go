package process

import (
	"os/exec"
	"syscall"
)

// signalOrphan has the kernel send sig to cmd when its parent dies.
func signalOrphan(cmd *exec.Cmd, sig syscall.Signal) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = sig
}
