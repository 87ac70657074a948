# Completion of assay in fish, printed by 'assay completion fish'. The program itself says what may come next.
function __assay_candidates
    set -l words (commandline -opc)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -l word "$(commandline -ct)"
    set -l lines ($program completion candidates -- $words[2..] $word 2>/dev/null)
    test (count $lines) -gt 0; or return
    printf '%s\n' $lines[2..]
    set -l path (string replace -r '^--[^=]*=' '' -- $word)
    set -l lead (string sub -l (math (string length -- $word) - (string length -- $path)) -- $word)
    switch $lines[1]
        case files
            __fish_complete_path $path | string replace -r '^' -- $lead
        case folders
            __fish_complete_directories $path | string replace -r '^' -- $lead
    end
end
complete -c assay -f -a '(__assay_candidates)'
