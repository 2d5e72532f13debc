#!/usr/bin/env bash
# One process per machine on Slurm, which sees all GPUs of it:
#
#     sbatch --nodes=4 slurm.sh
#
# One process per GPU instead: sbatch --nodes=4 --ntasks-per-node=8 --gpus-per-task=1 slurm.sh
# keras.distribution.initialize() reads from Slurm which process is which.
#SBATCH --job-name=kerata
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail

cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")}"

# A folder that all machines share. A job that Slurm starts again goes on from what is there.
folder="${KERATA_RUN:-$PWD/run-${SLURM_JOB_NAME:-kerata}}"

# when one process fails, the others end, and with them the job
srun --kill-on-bad-exit=1 "${PYTHON:-python}" train.py --folder "$folder" "$@"
