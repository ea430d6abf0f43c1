namespace ProxyCluster.Core.Routing;

/// <summary>What to do with a file's definitions.</summary>
public enum FileDecision
{
    /// <summary>They are in force already.</summary>
    InForce = 0,

    /// <summary>They replace those in force.</summary>
    Take = 1,

    /// <summary>A live process has a higher generation.</summary>
    Superseded = 2,

    /// <summary>Live processes have other definitions of the same generation.</summary>
    Drifted = 3,
}

/// <summary>What one process's file says.</summary>
/// <param name="Process">Host and process id.</param>
/// <param name="Generation">The operator's count of changes.</param>
/// <param name="ContentHash">Of the definitions.</param>
public readonly record struct FileClaim(string Process, long Generation, ulong ContentHash);

/// <summary>Remembers which process has which file, and decides whose counts. Bounded; forgets a process after a minute. Not thread-safe.</summary>
/// <remarks>
/// The highest generation wins among processes that live. The definitions in force are held by the processes that
/// repeat them; when nobody did so for <see cref="Memory"/>, another file may follow, whatever its generation: a
/// cluster that was stopped and started with an older file must not wait for a process that is gone.
/// </remarks>
/// <param name="startedAt">When this registry began to listen: before a minute has passed it cannot know who lives.</param>
public sealed class FileRegistry(DateTimeOffset startedAt)
{
    /// <summary>Processes remembered at most; the one silent for longest makes room.</summary>
    public const int MaxProcesses = 1024;

    /// <summary>How long a process is remembered after it last published.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (FileClaim Claim, DateTimeOffset LastSeen)> _files = new(StringComparer.Ordinal);

    /// <summary>Notes a claim and decides what to do with it.</summary>
    /// <param name="claim">What a process has.</param>
    /// <param name="isWholeCluster">Whether nobody else can be there to disagree.</param>
    /// <param name="inForce">What is in force; a generation of 0 and a hash of 0: nothing yet.</param>
    /// <param name="now">The time.</param>
    public FileDecision Decide(FileClaim claim, bool isWholeCluster, FileClaim inForce, DateTimeOffset now)
    {
        Note(claim, now);
        if (claim.Generation == inForce.Generation && claim.ContentHash == inForce.ContentHash)
        {
            return FileDecision.InForce;
        }

        var isFirst = inForce is { Generation: 0, ContentHash: 0 };
        var isAbandoned = now - startedAt >= Memory && !_files.Values.Any(f => Holds(f.Claim, inForce));
        if (isFirst || isWholeCluster || isAbandoned || claim.Generation > inForce.Generation)
        {
            return FileDecision.Take;
        }

        return claim.Generation < inForce.Generation ? FileDecision.Superseded : FileDecision.Drifted;
    }

    /// <summary>Every process that published lately, by name.</summary>
    /// <param name="now">The time.</param>
    public IReadOnlyList<FileClaim> Live(DateTimeOffset now)
    {
        Forget(now);
        return [.. _files.Values.Select(f => f.Claim).OrderBy(c => c.Process, StringComparer.Ordinal)];
    }

    private static bool Holds(FileClaim claim, FileClaim inForce) =>
        claim.Generation == inForce.Generation && claim.ContentHash == inForce.ContentHash;

    private void Note(FileClaim claim, DateTimeOffset now)
    {
        Forget(now);
        if (!_files.ContainsKey(claim.Process) && _files.Count >= MaxProcesses)
        {
            _files.Remove(_files.MinBy(f => f.Value.LastSeen).Key);
        }

        _files[claim.Process] = (claim, now);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (process, file) in _files)
        {
            if (now - file.LastSeen > Memory)
            {
                _files.Remove(process);
            }
        }
    }
}
