using System.Text.RegularExpressions;

namespace ProxyCluster.Extensions.Hooks;

/// <summary>
/// A text for a hook to judge. In a stream it begins with a little of what was judged before, up to <see cref="Start"/>,
/// and its end may be open.
/// </summary>
public sealed class HookText
{
    private readonly List<TextEdit> _edits = [];
    private readonly int _windowEnd;
    private int _holdFrom = int.MaxValue;
    private bool _isOver;

    internal HookText(HookContext context, TextOrigin origin, TextStretch stretch)
    {
        Context = context;
        IsAnswer = origin.IsAnswer;
        Kind = origin.Kind;
        Role = origin.Role;
        Path = origin.Path;
        Text = stretch.Text;
        Start = stretch.Start;
        IsEnd = stretch.IsEnd;
        _windowEnd = stretch.WindowEnd;
    }

    /// <summary>The request that it belongs to.</summary>
    public HookContext Context { get; }

    /// <summary>Whether a model says it now; otherwise it is of the request.</summary>
    public bool IsAnswer { get; }

    /// <summary>What it is.</summary>
    public HookTextKind Kind { get; }

    /// <summary>Who says it.</summary>
    public HookRole Role { get; }

    /// <summary>Where it stands, for example <c>messages[3].content</c>.</summary>
    public string Path { get; }

    /// <summary>All that is known of it and still counts.</summary>
    public string Text { get; }

    /// <summary>Where what is to be judged begins. What stands before it has been judged, and is there for its context.</summary>
    public int Start { get; }

    /// <summary>Whether it ends here. Otherwise it goes on, and what stands at its end will be asked about again.</summary>
    public bool IsEnd { get; }

    internal IReadOnlyList<TextEdit> Edits => _edits;

    /// <summary>Up to where the text is decided.</summary>
    internal int DecidedEnd => Math.Min(_windowEnd, _holdFrom);

    /// <summary>
    /// Finds what matches, from <see cref="Start"/> on, as far as it is decided: a match that more text could make longer
    /// is found when that text is there. Empty matches are passed over.
    /// </summary>
    public IEnumerable<HookMatch> Find(Regex pattern) => Find([pattern]);

    /// <summary>Finds what matches any of several patterns: the leftmost first, of two at the same place the earlier pattern's.</summary>
    public IEnumerable<HookMatch> Find(IReadOnlyList<Regex> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        var next = new Match?[patterns.Count];
        var place = Start;
        while (Leftmost(patterns, next, place) is var which and >= 0)
        {
            var match = next[which]!;
            if (!IsDecided(match.Index, match.Length))
            {
                _holdFrom = Math.Min(_holdFrom, match.Index);
                yield break;
            }

            place = match.Index + match.Length;
            yield return new HookMatch(which, match.Index, match.Length);
        }
    }

    /// <summary>Puts other text in the place of a match.</summary>
    public void Replace(HookMatch match, string replacement) => Replace(match.Index, match.Length, replacement);

    /// <summary>
    /// Puts other text in a place. Of two changes that overlap the one further left counts. In a stream a change near an
    /// open end is not made yet: the hook is asked again.
    /// </summary>
    /// <param name="start">At least <see cref="Start"/>.</param>
    /// <param name="length">Characters that go; 0: the text is put in.</param>
    /// <param name="replacement">What stands there instead.</param>
    public void Replace(int start, int length, string replacement)
    {
        ArgumentNullException.ThrowIfNull(replacement);
        ArgumentOutOfRangeException.ThrowIfLessThan(start, Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Text.Length - start), nameof(length));
        if (_isOver)
        {
            throw new InvalidOperationException("The text has been judged: a hook may change it only until its verdict.");
        }

        if (IsDecided(start, length))
        {
            _edits.Add(new TextEdit(start, length, replacement));
        }
        else
        {
            _holdFrom = Math.Min(_holdFrom, start);
        }
    }

    /// <summary>Ends the judging: later changes throw.</summary>
    internal void Close() => _isOver = true;

    // What touches an open end may go on, unless the hook judges each piece as it comes.
    private bool IsDecided(int start, int length) =>
        IsEnd || (start < _windowEnd && (start + length < Text.Length || _windowEnd == Text.Length));

    private int Leftmost(IReadOnlyList<Regex> patterns, Match?[] next, int place)
    {
        var found = -1;
        for (var i = 0; i < next.Length; i++)
        {
            if (next[i] is not { } match || (match.Success && match.Index < place))
            {
                next[i] = match = NextOf(patterns[i], place);
            }

            if (match.Success && (found < 0 || match.Index < next[found]!.Index))
            {
                found = i;
            }
        }

        return found;
    }

    private Match NextOf(Regex pattern, int place)
    {
        var match = pattern.Match(Text, place);
        while (match is { Success: true, Length: 0 })
        {
            match = match.NextMatch();
        }

        return match;
    }
}
