using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Grains.Security;

/// <summary>The shard's users and teams. They share the feed of its keys, so that gateways follow one feed for both.</summary>
internal sealed partial class KeyDirectoryGrain
{
    /// <inheritdoc/>
    public ValueTask<SubjectDescription?> ReadSubjectAsync(string subject) =>
        new(_keys.FindSubject(subject) is { } stored ? new SubjectDescription(stored.Record, stored.Position) : null);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<SubjectDescription>> ListSubjectsAsync(SubjectQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(
        [
            .. _keys.Subjects
                .Where(stored => stored.Record.Kind == query.Kind && !stored.Record.Deleted)
                .Where(stored => query.After is null || string.CompareOrdinal(stored.Record.Id, query.After) > 0)
                .Where(stored => query.Team is null || stored.Record.Team == query.Team)
                .OrderBy(stored => stored.Record.Id, StringComparer.Ordinal)
                .Take(Math.Min(query.Most, KeyDirectory.LargestPage))
                .Select(stored => new SubjectDescription(stored.Record, stored.Position)),
        ]);
    }

    /// <inheritdoc/>
    public async ValueTask<KeyChange> SetSubjectAsync(SubjectRecord record, long expectedVersion)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!SubjectId.IsValid(record.Id) || KeyDirectory.ShardOf(record.Subject) != context.GrainId.GetIntegerKey())
        {
            throw new ArgumentException($"'{record.Subject}' is not a user or team of this shard.", nameof(record));
        }

        await ReloadIfNeededAsync();
        var known = _keys.FindSubject(record.Subject);
        var version = known is null || known.Record.Deleted ? 0 : known.Position;
        if (version != expectedVersion)
        {
            return new(version == 0 ? KeyChangeResult.NotFound : KeyChangeResult.VersionMismatch, version);
        }

        var change = _keys.Plan(version == 0
            ? record with { CreatedAt = clock.GetUtcNow() }
            : record with
            {
                CreatedAt = known!.Record.CreatedAt,
                CreatedBy = known.Record.CreatedBy,
                MeasuredBy = record.MeasuredBy ?? known.Record.MeasuredBy,
            });
        await StoreAsync(record.Subject, () => _store.WriteAsync(change, _epoch), () => _keys.Apply(change));
        LogSubject(logger, record.Subject, record.Deleted ? "deleted" : version == 0 ? "made" : "changed");
        return new(KeyChangeResult.Stored, _keys.Position);
    }

    [LoggerMessage(3006, LogLevel.Information, "{Subject} was {What}")]
    private static partial void LogSubject(ILogger logger, string subject, string what);
}
