namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>How much of a parser was reached.</summary>
/// <param name="Lines">Lines with statements.</param>
/// <param name="Missed">Those that were not reached, as <c>file:line</c>.</param>
internal sealed record LineCoverage(int Lines, IReadOnlyList<string> Missed)
{
    /// <summary>What a parser's corpus has to reach, in percent.</summary>
    public const double Least = 90;

    /// <summary>In percent; 0 where the parser has no lines at all.</summary>
    public double Percent => Lines == 0 ? 0 : 100.0 * (Lines - Missed.Count) / Lines;

    /// <summary>Counts lines.</summary>
    /// <param name="parser">Files, or methods of files: <c>Providers/StatusErrors.cs:TextOf</c>.</param>
    /// <param name="map">The probes.</param>
    /// <param name="hits">Which of them were reached.</param>
    /// <remarks>A line of several statements, or of one within another, is reached when the innermost that covers it is.</remarks>
    public static LineCoverage Of(IEnumerable<string> parser, ProbeMap map, byte[] hits)
    {
        var wanted = parser.ToHashSet(StringComparer.Ordinal);
        var lines = new Dictionary<(string File, int Line), (int Span, bool Reached)>();
        for (var i = 0; i < hits.Length; i++)
        {
            var file = map.Files[i];
            if (!wanted.Contains(file) && !wanted.Contains($"{file}:{map.Methods[i]}"))
            {
                continue;
            }

            var span = map.LastLines[i] - map.FirstLines[i];
            for (var line = map.FirstLines[i]; line <= map.LastLines[i]; line++)
            {
                var known = lines.GetValueOrDefault((file, line), (Span: int.MaxValue, Reached: false));
                if (span <= known.Span)
                {
                    lines[(file, line)] = (span, hits[i] != 0 || (span == known.Span && known.Reached));
                }
            }
        }

        var missed = lines.Where(static line => !line.Value.Reached).Select(static line => line.Key).Order().Select(static at => $"{at.File}:{at.Line}");
        return new LineCoverage(lines.Count, [.. missed]);
    }
}
