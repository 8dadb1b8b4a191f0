module example.com/win-dll-lazy-positive-system-dll

go 1.18

require golang.org/x/sys v0.30.0
