using System.Collections.Immutable;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// The accounts of this gateway, one for each subject: what keys and tokens of one user or team share. What the cluster
/// says of a user or team is in its account with the next request. An account that nobody holds any more is let go.
/// </summary>
internal sealed class AccountTable
{
    private const int KindCharacters = 5;

    private readonly Lock _lock = new();
    private readonly WeakAccounts _accounts = new();
    private readonly Dictionary<string, SubjectRecord> _records = new(StringComparer.Ordinal);
    private int _revision;

    /// <summary>Another one whenever callers that were built before may have to be built anew.</summary>
    public int Revision => Volatile.Read(ref _revision);

    /// <summary>Has callers built anew with their next request.</summary>
    public void Revise() => Interlocked.Increment(ref _revision);

    /// <summary>The account of a subject, made where nobody has asked for it yet.</summary>
    /// <param name="subject">For example <c>user:ada</c>.</param>
    public Account Of(string subject) => Of(subject.AsSpan());

    /// <summary>The account of a user or team, as <see cref="Of(string)"/>.</summary>
    /// <param name="kind">A user or a team.</param>
    /// <param name="id">Its id.</param>
    public Account Of(SubjectKind kind, string id) => id.Length <= SubjectId.Longest
        ? Of(SubjectId.Write(kind, id, stackalloc char[SubjectId.Longest + KindCharacters]))
        : Of(SubjectId.SubjectOf(kind, id));

    /// <summary>Has the way to the account of a user or team fetched from memory.</summary>
    /// <param name="kind">A user or a team.</param>
    /// <param name="id">Its id.</param>
    public void Expect(SubjectKind kind, ReadOnlySpan<char> id)
    {
        if (id.Length <= SubjectId.Longest)
        {
            _accounts.Expect(SubjectId.Write(kind, id, stackalloc char[SubjectId.Longest + KindCharacters]));
        }
    }

    private Account Of(ReadOnlySpan<char> subject)
    {
        lock (_lock)
        {
            if (_accounts.Find(subject) is { } known)
            {
                return known;
            }

            var name = subject.ToString();
            var account = new Account(name);
            if (_records.TryGetValue(name, out var record))
            {
                Fill(account, record);
            }

            _accounts.Add(account);
            return account;
        }
    }

    /// <summary>What the cluster says of a user or team; <see langword="null"/>: nothing.</summary>
    /// <param name="subject">For example <c>team:research</c>.</param>
    public SubjectRecord? Find(string subject)
    {
        lock (_lock)
        {
            return _records.GetValueOrDefault(subject);
        }
    }

    /// <summary>Takes in what the cluster says of users and teams.</summary>
    public void Apply(ImmutableArray<SubjectRecord> records)
    {
        lock (_lock)
        {
            foreach (var record in records)
            {
                _records[record.Subject] = record;
                Update(record.Subject, record);
            }
        }

        Revise();
    }

    /// <summary>Takes in all that one shard of the directory says, and forgets what it says no more.</summary>
    public void Replace(int shard, IReadOnlyCollection<SubjectRecord> records)
    {
        lock (_lock)
        {
            var gone = RecordsOf(shard).Select(record => record.Subject).Except(records.Select(record => record.Subject)).ToList();
            foreach (var subject in gone)
            {
                _records.Remove(subject);
                Update(subject, null);
            }

            foreach (var record in records)
            {
                _records[record.Subject] = record;
                Update(record.Subject, record);
            }
        }

        Revise();
    }

    /// <summary>The users and teams of one shard.</summary>
    public ImmutableArray<SubjectRecord> RecordsOf(int shard)
    {
        lock (_lock)
        {
            return [.. _records.Values.Where(record => KeyDirectory.ShardOf(record.Subject) == shard)];
        }
    }

    private void Update(string subject, SubjectRecord? record)
    {
        if (_accounts.Find(subject) is { } account)
        {
            Fill(account, record);
        }
    }

    private static void Fill(Account account, SubjectRecord? record)
    {
        account.Limits = record?.Limits;
        account.Models = record?.Models ?? [];
        account.Regions = record?.Regions ?? [];
        account.IsSuspended = record is { Suspended: true } or { Deleted: true };
    }
}
