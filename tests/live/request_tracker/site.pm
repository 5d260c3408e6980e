# Settings of a Request Tracker that exists for a test on this machine only.
Set($WebPath, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, 8090);
Set($WebBaseURL, 'http://127.0.0.1:8090');
Set($Timezone, 'America/New_York');    # anything but UTC
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');

Set(%Lifecycles,
    helpdesk => {
        initial     => ['new'],
        active      => ['open', 'waiting on customer', 'waiting on vendor'],
        inactive    => ['resolved', 'rejected', 'deleted'],
        defaults    => { on_create => 'new' },
        transitions => {
            ''                    => ['new', 'open', 'resolved'],
            new                   => ['open', 'waiting on customer', 'resolved', 'rejected', 'deleted'],
            open                  => ['waiting on customer', 'waiting on vendor', 'resolved', 'deleted'],
            'waiting on customer' => ['open', 'waiting on vendor', 'resolved', 'deleted'],
            'waiting on vendor'   => ['open', 'waiting on customer', 'resolved', 'deleted'],
            resolved              => ['open'],
            rejected              => ['open'],
            deleted               => ['open'],
        },
        rights  => { '* -> *' => 'ModifyTicket' },
        actions => [],
    },
);

Set(%ServiceBusinessHours,
    Default => {
        map { $_ => { Name => $_, Start => '9:00', End => '17:00' } } 1 .. 5
    },
);
Set(%ServiceAgreements,
    Default => 'standard',
    Levels  => {
        standard => {
            Response => { BusinessMinutes => 240 },
            Resolve  => { BusinessMinutes => 1440, IgnoreOnStatuses => ['waiting on customer'] },
        },
    },
);
1;
