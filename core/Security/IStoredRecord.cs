namespace ProxyCluster.Core.Security;

/// <summary>What <see cref="RecordPages{T}"/> keeps: a record with its place in the order of changes.</summary>
public interface IStoredRecord
{
    /// <summary>What the record is found by.</summary>
    string Id { get; }

    /// <summary>When it last changed, counted in changes of its shard from 1.</summary>
    long Position { get; }
}
