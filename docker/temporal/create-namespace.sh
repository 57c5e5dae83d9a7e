#!/bin/sh
# Makes the namespace, where it is missing. TEMPORAL_ADDRESS says where the server is.
set -eu
if temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1; then
  echo "The namespace $NAMESPACE is there."
else
  temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"
fi
