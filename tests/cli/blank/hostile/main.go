// Does the harm that its first argument names.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// Has the kernel give each page of it.
func touch(block []byte) {
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
}

// A copy of the one thread that calls it, in which nothing but system calls works.
func fork() uintptr {
	child, _, _ := syscall.RawSyscall(syscall.SYS_FORK, 0, 0, 0)
	return child
}

func main() {
	log.SetFlags(0)
	self, what := os.Args[0], os.Args[1]
	others := os.Args[2:]
	switch what {
	case "forks":
		for {
			// Not os/exec, which wants /dev/null.
			syscall.ForkExec(self, os.Args, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}})
		}
	case "fills":
		file, err := os.Create("/tmp/full")
		if err != nil {
			log.Fatal(err)
		}
		for block := make([]byte, 1<<20); ; {
			if _, err := file.Write(block); err != nil {
				log.Fatal(err)
			}
		}
	case "litters":
		fmt.Println("it was here")
		for number := 0; ; number++ {
			file, err := os.Create(fmt.Sprintf("/tmp/%d", number))
			if err != nil && number < 20000 {
				fmt.Println(err)
				number = 20000
			}
			// There is none where there was an error.
			file.Close()
		}
	case "prints":
		for {
			fmt.Println("and on it goes")
		}
	case "waits":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		time.Sleep(time.Hour)
	case "eats":
		for all := [][]byte{}; ; {
			block := make([]byte, 64<<20)
			touch(block)
			all = append(all, block)
		}
	case "shares":
		for {
			block, err := syscall.Mmap(-1, 0, 64<<20, syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
			if err != nil {
				log.Fatal(err)
			}
			touch(block)
		}
	case "stores":
		name := []byte("full\x00")
		// memfd_create
		file, _, number := syscall.Syscall(319, uintptr(unsafe.Pointer(&name[0])), 0, 0)
		if number != 0 {
			log.Fatal(number)
		}
		for block := make([]byte, 1<<20); ; {
			if _, err := syscall.Write(int(file), block); err != nil {
				log.Fatal(err)
			}
		}
	case "spreads":
		for range 10 {
			child := exec.Command(self, "holds")
			child.Stderr = os.Stderr
			// Ends with this process.
			if _, err := child.StdinPipe(); err != nil {
				log.Fatal(err)
			}
			told, err := child.StdoutPipe()
			if err != nil {
				log.Fatal(err)
			}
			if err := child.Start(); err != nil {
				log.Fatal(err)
			}
			told.Read(make([]byte, 1))
		}
		os.Exit(1)
	case "holds":
		block := make([]byte, 512<<20)
		touch(block)
		fmt.Print(".")
		os.Stdin.Read(block[:1])
	case "reads":
		for _, path := range others {
			text, err := os.ReadFile(path)
			fmt.Printf("%s %v\n", text, err)
		}
		fmt.Println(os.Environ())
		os.Exit(1)
	case "tells":
		fmt.Println(os.Getuid(), os.Getgid())
		os.Exit(1)
	case "may":
		text, err := os.ReadFile("/proc/self/status")
		if err != nil {
			log.Fatal(err)
		}
		rights := regexp.MustCompile(`(Cap\w+|NoNewPrivs):\t(\w+)`).FindAllString(string(text), -1)
		fmt.Println(strings.Join(rights, " "))
		os.Exit(1)
	case "exits":
		code, err := strconv.Atoi(others[0])
		if err != nil {
			log.Fatal(err)
		}
		os.Exit(code)
	case "dies":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "writes":
		for _, path := range others {
			fmt.Println(os.WriteFile(path, nil, 0o644))
		}
		os.Exit(1)
	case "connects":
		for _, address := range others {
			_, err := net.DialTimeout("tcp", address, time.Second)
			fmt.Println(err)
		}
		os.Exit(1)
	case "hurries":
		if fork() == 0 {
			// Whoever ends this program's processes as a group ends none of these.
			syscall.RawSyscall(syscall.SYS_SETSID, 0, 0, 0)
			// Each of them has another one, and is gone.
			for {
				if fork() != 0 {
					syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
				}
			}
		}
	case "leaves":
		child := exec.Command(self, "waits")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			log.Fatal(err)
		}
	}
}
