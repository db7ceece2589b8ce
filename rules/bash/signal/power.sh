# ruleid: bash.signal.power
shutdown now
# ruleid: bash.signal.power
reboot
# ok: bash.signal.power
echo reboot
