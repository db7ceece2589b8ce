# ruleid: bash.exec.container
docker run -v /:/host x
# ruleid: bash.exec.container
kubectl get secrets
# ok: bash.exec.container
echo docker
