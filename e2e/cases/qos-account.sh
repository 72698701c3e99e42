# Alone: accounts hold for all jobs.
# A QOS that does not exist and an account that the user is no member of keep a job waiting, with
# Slurm's words; it starts when they are there. A QOS's priority is in that of its jobs, and its
# limits keep them from starting. sshare shows who the account's members are.
case_run() {
    submit quick true "qos: urgent"
    expect_reason quick InvalidQOS
    expect "the class" "$(field quick .status.pending.class)" Never
    expect_text "the message" "$(field quick .status.message)" "QOS urgent does not exist"
    refused "Invalid qos specification: QOS none does not exist" \
        slurm sbatch -q none --wrap true
    define QOS urgent "priority: 80"
    expect_state quick COMPLETED
    submit paid true "account: physics" "user: carl"
    expect_state paid COMPLETED # there are no accounts: any name will do
    define Account physics "members: [{user: ann}]"
    submit stranger true "account: physics" "user: carl"
    submit nobody true "user: carl"
    submit member true "user: ann" "qos: urgent"
    expect_reason stranger InvalidAccount
    expect_text "the message" "$(field stranger .status.message)" \
        "carl is not a member of account physics"
    expect_reason nobody InvalidAccount
    expect_state member COMPLETED
    expect "the account by default" "$(field member .status.account)" physics
    expect "the QOS" "$(field member .status.qos)" urgent
    define Account physics "members: [{user: ann}, {user: carl}]"
    expect_state stranger COMPLETED
    expect_state nobody COMPLETED
    expect_text "sshare" "$(slurm sshare -a -n -P -o account,user,rawshares)" \
        "  physics|carl|1"
    refused "spec.members[].group is not supported yet" define Account physics "members: [{group: staff}]"
    refused "Invalid account or account/partition combination specified" \
        slurm sbatch -A chemistry --wrap true
    refused "spec.limits.maxTRESPerUser has no such TRES or amount" \
        define QOS urgent "limits: {maxTRESPerUser: {gpu: 1}}"
    define QOS urgent "limits: {maxJobsPerUser: 1, maxTRESPerJob: {cpu: 1}}"
    submit first "sleep 1000" "user: ann" "qos: urgent"
    expect_state first RUNNING
    submit second true "user: ann" "qos: urgent"
    expect_reason second QOSMaxJobsPerUserLimit
    expect "the class" "$(field second .status.pending.class)" NotAllowed
    expect_text "the message" "$(field second .status.message)" \
        "QOS urgent allows a user 1 running job"
    define QOS urgent "limits: {maxJobsPerUser: 2}"
    expect_state second COMPLETED
    define QOS urgent "flags: [Relative], limits: {maxTRESPerJob: {cpu: 0}}"
    submit percent true "user: ann" "qos: urgent"
    expect_reason percent QOSMaxCpuPerJobLimit
    define QOS urgent "flags: [Relative], limits: {maxTRESPerJob: {cpu: 100}}"
    expect_state percent COMPLETED
    define QOS urgent "limits: {grpTRES: {cpu: 0}}"
    submit alone true "user: ann" "qos: urgent"
    expect_reason alone QOSGrpCpuLimit
    expect "the class of what it exceeds alone" "$(field alone .status.pending.class)" Never
    define QOS urgent "limits: {grpTRES: {cpu: 100}}"
    expect_state alone COMPLETED
    define QOS urgent "flags: [DenyOnLimit], limits: {maxWall: '10'}"
    submit unlimited true "user: ann" "qos: urgent"
    expect_state unlimited COMPLETED
    expect "the limit that the QOS sets" "$(field unlimited .status.timeLimit)" 00:10:00
    refused "Job violates accounting/QOS policy" slurm sbatch -q urgent -A physics -t 11 --wrap true
    refused "spec.limits.grpTRES has no such TRES or amount" \
        define QOS urgent "limits: {grpTRES: {gres/fpga: 1}}"
    define QOS urgent "limits: {minTRESPerJob: {gres/x.org/fpga: 1}}"
    submit deviceless true "user: ann" "qos: urgent"
    expect_reason deviceless QOSMinGRES
    expect_text "the message" "$(field deviceless .status.message)" "no less than gres/x.org/fpga=1"
    k delete bj deviceless >/dev/null
    define QOS urgent "limits: {maxSubmitJobsPerUser: 0}"
    refused "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)" \
        slurm sbatch -q urgent -A physics --wrap true
    k delete batchjob first >/dev/null
    define QOS urgent "priority: 80, limits: {maxJobsPerUser: 1}"
    define QOS spare "priority: 1"
    submit one "sleep 1000" "user: ann" "qos: 'spare,urgent'"
    expect_state one RUNNING
    submit two "sleep 1000" "user: ann" "qos: 'spare,urgent'"
    expect_state two RUNNING
    submit held true "user: ann" "qos: 'urgent,spare'" "hold: User"
    expect_reason held JobHeldUser
    expect "the QOS of the first" "$(field one .status.qos)" urgent
    expect "squeue" "$(slurm squeue -h -S j -o '%j %t %q')" "held PD urgent,spare
one R urgent
two R spare"
    expect_text "scontrol" "$(slurm scontrol show job "$(field two .status.jobID)")" "QOS=spare"
    submit neither true "user: ann" "qos: 'urgent,none'"
    expect_reason neither InvalidQOS
    expect_text "the message" "$(field neither .status.message)" "QOS none does not exist"
    refused "spec.qos must be a name or up to 8 names apart by commas" \
        slurm sbatch -q a,,b --wrap true
    k delete batchjob one two held neither >/dev/null
    k delete qos spare >/dev/null
    k delete account physics >/dev/null
    k delete qos urgent >/dev/null
}
