using System.Xml.Linq;

namespace Reverie.Environments.ControlSuite;

/// <summary>The MJCF text of a domain: its own file with what all domains share put in front.</summary>
internal static class ModelText
{
    /// <summary>The text of a domain.</summary>
    /// <param name="domain">Name of its file.</param>
    /// <param name="change">What is different in this task's model.</param>
    internal static string Of(string domain, Action<XElement>? change = null)
    {
        var model = Read(domain);
        change?.Invoke(model);
        model.AddFirst(Read("common").Elements());    // MJCF merges sections of the same name
        return model.ToString();
    }

    private static XElement Read(string name)
    {
        var assembly = typeof(ModelText).Assembly;
        var resource = assembly.GetManifestResourceNames()
            .Single(candidate => candidate.EndsWith($".ControlSuite.assets.{name}.xml", StringComparison.Ordinal));
        using var stream = assembly.GetManifestResourceStream(resource)!;
        return XElement.Load(stream);
    }
}
