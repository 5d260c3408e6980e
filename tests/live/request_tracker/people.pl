# Makes a queue of its own for one run, people, their rights, and a token for each reader.
# Usage: perl people.pl QUEUE; prints "NAME TOKEN" lines. Run it while the server is stopped.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;

my $queue_name = shift or die "which queue?\n";
my $system = RT->SystemUser;

my $queue = RT::Queue->new($system);
$queue->Create(Name => $queue_name, Lifecycle => 'helpdesk', SLADisabled => 0);
$queue->SetSLADisabled(0);

my %people = (
    'pat.tech'    => [1, ''],
    'dana.client' => [0, ''],
    'reader'      => [1, 'Europe/Berlin'],
    'blind'       => [1, 'Pacific/Auckland'],
);
my %principal;
for my $name (sort keys %people) {
    my ($staff, $zone) = @{ $people{$name} };
    my $user = RT::User->new($system);
    $user->Load($name);
    $user->Create(
        Name         => $name,
        EmailAddress => $name . ($staff ? '@provider.example' : '@client.example'),
        RealName     => join(' ', map { ucfirst } split /\./, $name),
        Password     => 'pw-engagewatch',
        Privileged   => $staff,
        Timezone     => $zone,
    ) unless $user->id;
    $principal{$name} = $user->PrincipalObj;
}

my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
$everyone->PrincipalObj->GrantRight(Right => $_, Object => $queue)
    for qw(SeeQueue CreateTicket ReplyToTicket);
$principal{'pat.tech'}->GrantRight(Right => $_, Object => $queue)
    for qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket ReplyToTicket ModifyTicket
    OwnTicket TakeTicket SeeCustomField ModifyCustomField DeleteTicket);
$principal{reader}->GrantRight(Right => $_, Object => $queue)
    for qw(SeeQueue ShowTicket ShowTicketComments SeeCustomField);
$principal{blind}->GrantRight(Right => $_, Object => $queue) for qw(SeeQueue ShowTicket);

my $field = RT::CustomField->new($system);
$field->LoadByName(Name => 'Satisfaction', LookupType => 'RT::Queue-RT::Ticket');
$field->Create(
    Name          => 'Satisfaction',
    TypeComposite => 'Freeform-1',
    LookupType    => 'RT::Queue-RT::Ticket',
) unless $field->id;
$field->AddToObject($queue);

for my $name (qw(reader blind)) {
    $principal{$name}->GrantRight(Right => 'ManageAuthTokens', Object => RT->System);
    my $self = RT::CurrentUser->new($system);
    $self->Load($name);
    my (undef, undef, $token) = RT::AuthToken->new($self)
        ->Create(Owner => $self->id, Description => 'engagewatch reads');
    print "$name $token\n";
}
