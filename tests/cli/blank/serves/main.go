// Serves HTTP at a port, in the way that its first argument names.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Answers everybody, a byte now and then and never a line.
func drip(port string) {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				for {
					if _, err := connection.Write([]byte("H")); err != nil {
						return
					}
					time.Sleep(300 * time.Millisecond)
				}
			}()
		}
	}()
}

// Starts what outlives this process.
func leave() {
	child := exec.Command(os.Args[0], "ignores", "1")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := child.Start(); err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	what, others := os.Args[1], os.Args[2:]
	switch what {
	case "echo":
		io.Copy(os.Stdout, os.Stdin)
		return
	case "write":
		for _, path := range others {
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				log.Fatal(err)
			}
		}
		return
	case "asks badly":
		leave()
		return
	case "fails":
		fmt.Fprintln(os.Stderr, "no use")
		os.Exit(3)
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	status := 200
	switch what {
	case "unwell":
		status = 503
	case "dies":
		log.Fatal("no configuration")
	case "leaves":
		leave()
	case "unaware":
		signal.Reset(syscall.SIGTERM)
	}
	if what == "drips" {
		drip(others[0])
		log.Print("no more to say")
		<-told
		return
	}
	var asked atomic.Int64
	answer := func(w http.ResponseWriter, _ *http.Request) {
		if what == "falters" {
			if asked.Add(1) > 1 {
				select {}
			}
			http.Error(w, "unknown time zone Europe/Paris", 503)
			return
		}
		w.WriteHeader(status)
	}
	go func() {
		if err := http.ListenAndServe("127.0.0.1:"+others[0], http.HandlerFunc(answer)); err != nil {
			log.Println(err)
		}
	}()
	for range told {
		switch what {
		case "ignores":
		case "ends badly":
			os.Exit(5)
		default:
			os.Exit(0)
		}
	}
}
