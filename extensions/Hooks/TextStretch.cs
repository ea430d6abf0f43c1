namespace ProxyCluster.Extensions.Hooks;

/// <summary>Where a text comes from.</summary>
internal sealed record TextOrigin(bool IsAnswer, HookTextKind Kind, HookRole Role, string Path);

/// <summary>What of a text is shown at a time.</summary>
/// <param name="Text">From where its context begins.</param>
/// <param name="Start">Where what is to be judged begins.</param>
/// <param name="IsEnd">It does not go on.</param>
/// <param name="WindowEnd">Before it enough of what follows is known.</param>
internal readonly record struct TextStretch(string Text, int Start, bool IsEnd, int WindowEnd)
{
    public static TextStretch Whole(string text) => new(text, 0, true, text.Length);
}

/// <summary>A change of a text.</summary>
internal readonly record struct TextEdit(int Start, int Length, string Replacement);
