# ruleid: bash.exec.container-host
docker run -v /:/host -it alpine chroot /host
# ruleid: bash.exec.container-host
docker run --privileged alpine sh
# ruleid: bash.exec.container-host
docker run --pid=host alpine
# ruleid: bash.exec.container-host
podman run -v /var/run/docker.sock:/var/run/docker.sock x
# ruleid: bash.exec.container-host
docker run --volume=/etc:/e alpine
# ruleid: bash.exec.container-host
docker run --mount type=bind,source=/,target=/h alpine
# ruleid: bash.exec.container-host
docker run -v/root:/r --rm alpine
# ok: bash.exec.container-host
docker run --rm -p 8080:80 -v ./data:/data app
# ok: bash.exec.container-host
docker run -v /home/u/project:/src app
# ok: bash.exec.container-host
docker build -t app .
# ok: bash.exec.container-host
docker run --mount type=volume,source=data,target=/data app
