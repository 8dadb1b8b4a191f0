module example.com/bus

go 1.20

require github.com/godbus/dbus/v5 v5.1.0
