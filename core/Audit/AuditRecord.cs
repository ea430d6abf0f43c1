namespace ProxyCluster.Core.Audit;

/// <summary>An entry in its place in a log.</summary>
/// <param name="Seq">Counts the log's records from 1, without gaps.</param>
/// <param name="At">When it was written, by the writer's clock, UTC; never before the record in front of it.</param>
/// <param name="Key">Which secret it is sealed under: see <see cref="AuditKeys.CurrentId"/>.</param>
/// <param name="Previous">In the first record of a segment the hash of the record before, in hexadecimal; elsewhere <see langword="null"/>.</param>
/// <param name="Entry">What happened.</param>
public sealed record AuditRecord(long Seq, DateTimeOffset At, string Key, string? Previous, AuditEntry Entry);
