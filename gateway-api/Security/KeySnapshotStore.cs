using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Keeps the directory's keys on this gateway's disk, so that it can start without the cluster. A restart does not make
/// old keys young: how long they are trusted counts from when the cluster was last heard.
/// </summary>
internal sealed partial class KeySnapshotStore(
    IOptionsMonitor<ProxyClusterOptions> options,
    KeyTable table,
    PepperSource pepper,
    DiskSeal seal,
    TimeProvider clock,
    ILogger<KeySnapshotStore> logger)
{
    private const string FileName = "gateway-keys.bin";

    /// <summary>How long changes are collected, and how often the moment is renewed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int RestPerWriting = 20;

    private int _changed;
    private byte[]? _bodyHash;

    private string Path => System.IO.Path.Combine(options.CurrentValue.Cluster.DataDirectory, FileName);

    /// <summary>The table holds something that the disk has not.</summary>
    public void Changed() => Volatile.Write(ref _changed, 1);

    /// <summary>Puts the kept keys into the table. A file that is missing, torn or not ours is passed over.</summary>
    public void Load()
    {
        try
        {
            if (!File.Exists(Path))
            {
                return;
            }

            var file = File.ReadAllBytes(Path);
            if (!TryOpen(file, out var heardAt) || new SealedShards(seal, FileName).TryOpen(file.AsSpan(KeySnapshotFormat.HeaderSize)) is not { } body)
            {
                LogDamaged(logger, Path);
                return;
            }

            var age = clock.GetUtcNow() - heardAt;
            age = age > TimeSpan.Zero ? age : TimeSpan.Zero;
            var heardTimestamp = clock.GetTimestamp() - (long)(age.TotalSeconds * clock.TimestampFrequency);
            KeySnapshotFormat.ReadBody(body, table, heardTimestamp);
            _bodyHash = SHA256.HashData(file.AsSpan(KeySnapshotFormat.HeaderSize));
            LogLoaded(logger, table.Count, age.TotalSeconds);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            LogUnreadable(logger, Path, exception.Message);
        }
    }

    /// <summary>Saves what changed and renews the moment, until told to stop.</summary>
    public async Task KeepAsync(CancellationToken stoppingToken)
    {
        var broken = false;
        var rest = Interval;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var started = clock.GetTimestamp();
            try
            {
                Save();
                broken = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Changed();
                if (!broken)
                {
                    LogNotSaved(logger, Path, exception.Message);
                }

                broken = true;
            }

            // A million keys take a second to write: not every five.
            var needed = clock.GetElapsedTime(started) * RestPerWriting;
            rest = needed > Interval ? needed : Interval;
        }
    }

    /// <summary>Saves now.</summary>
    public void Save()
    {
        var age = table.Age;
        if (age == TimeSpan.MaxValue)
        {
            return;
        }

        var heardAt = clock.GetUtcNow() - age;
        if (Interlocked.Exchange(ref _changed, 0) == 0 && _bodyHash is { } known && File.Exists(Path))
        {
            Renew(KeySnapshotFormat.Header(heardAt, known, pepper.Value));
            return;
        }

        Directory.CreateDirectory(options.CurrentValue.Cluster.DataDirectory);
        byte[] hash = [];
        PrivateFile.Replace(Path, file =>
        {
            // The header holds the hash of what comes after it.
            file.Position = KeySnapshotFormat.HeaderSize;
            hash = KeySnapshotFormat.WriteBody(file, table, new SealedShards(seal, FileName));
            file.Position = 0;
            file.Write(KeySnapshotFormat.Header(heardAt, hash, pepper.Value));
        });
        _bodyHash = hash;
    }

    private bool TryOpen(byte[] file, out DateTimeOffset heardAt) =>
        KeySnapshotFormat.TryOpen(file, pepper.Value, out heardAt)
        || (pepper.Previous is { } previous && KeySnapshotFormat.TryOpen(file, previous.Value, out heardAt));

    private void Renew(byte[] header)
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.Read);
        file.Write(header);
    }

    [LoggerMessage(3121, LogLevel.Information, "{Count} API keys were read from disk; the cluster was last heard {Seconds:F0} s ago")]
    private static partial void LogLoaded(ILogger logger, int count, double seconds);

    [LoggerMessage(3122, LogLevel.Warning, "The keys kept in {Path} are damaged or were kept under another pepper: they are passed over")]
    private static partial void LogDamaged(ILogger logger, string path);

    [LoggerMessage(3123, LogLevel.Warning, "The keys kept in {Path} cannot be read: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(3124, LogLevel.Warning, "API keys cannot be kept in {Path}: {Reason}. Without the cluster this gateway will not know them after a restart")]
    private static partial void LogNotSaved(ILogger logger, string path, string reason);
}
