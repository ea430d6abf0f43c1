using System.Globalization;
using System.Text;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>What a dump of a process would hold: all that it can write to, read from <c>/proc</c>.</summary>
public static class ProcessMemory
{
    private const int PieceBytes = 4 * 1024 * 1024;

    /// <summary>Finds which of some texts the process holds, as UTF-8 or as .NET's strings have them.</summary>
    /// <param name="processId">A process of the same user, or of any where the test is root.</param>
    /// <param name="texts">The texts, at most some hundred characters each, by a name.</param>
    /// <returns>The names of those that were found.</returns>
    /// <exception cref="UnauthorizedAccessException">The machine does not let one process read another.</exception>
    public static IReadOnlySet<string> Find(int processId, IReadOnlyDictionary<string, string> texts)
    {
        var patterns = texts.SelectMany(static text => new[]
        {
            (text.Key, Bytes: Encoding.UTF8.GetBytes(text.Value)),
            (text.Key, Bytes: Encoding.Unicode.GetBytes(text.Value)),
        }).ToArray();
        var overlap = patterns.Max(static pattern => pattern.Bytes.Length);
        var found = new HashSet<string>(StringComparer.Ordinal);
        using var memory = File.Open($"/proc/{processId}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var piece = new byte[PieceBytes];
        foreach (var (start, end) in WritableRegions(processId))
        {
            for (var at = start; at < end; at += PieceBytes - overlap)
            {
                var count = ReadAt(memory, at, piece.AsSpan(0, (int)Math.Min(PieceBytes, end - at)));
                foreach (var (name, bytes) in patterns)
                {
                    if (!found.Contains(name) && piece.AsSpan(0, count).IndexOf(bytes) >= 0)
                    {
                        found.Add(name);
                    }
                }
            }
        }

        return found;
    }

    private static IEnumerable<(long Start, long End)> WritableRegions(int processId) =>
        from line in File.ReadAllLines($"/proc/{processId}/maps")
        let fields = line.Split(' ', 3)
        where fields[1].StartsWith("rw", StringComparison.Ordinal)
        let range = fields[0].Split('-').Select(static address => long.Parse(address, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToArray()
        select (range[0], range[1]);

    private static int ReadAt(FileStream memory, long address, Span<byte> piece)
    {
        try
        {
            return RandomAccess.Read(memory.SafeFileHandle, piece, address);
        }
        catch (IOException)
        {
            // Given back since it was listed.
            return 0;
        }
    }
}
